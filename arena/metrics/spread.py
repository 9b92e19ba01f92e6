"""How much a score owes to each row: numbers whose mean follows the score and whose spread is its standard error.

Of a mean over rows they are the rows' losses, carried through what finishes it by the delta method. Of any other metric
they are the jackknife's pseudo-values (J. W. Tukey, 1958): the score is computed without each group of rows in turn.
Rows belong to groups by position alone, so that two submissions can be compared group by group.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from arena.metrics.decide import labels
from arena.metrics.rows import mean
from arena.metrics.undefined import UndefinedError
from arena.model.metric import Metric, Needs

Array = NDArray[Any]
Floats = NDArray[np.float64]

# The more rows, the dearer each score without a group; and the fewer groups tell the spread well enough.
_GROUPS = ((1000, 1000), (100_000, 200))
_FEWEST = 40
_SMALL = 1e-6


def scored_parts(metric: Metric, y_true: Array, y_pred: Array, given: Needs) -> tuple[float, Floats]:
    """The score, and its parts: of shape (rows,), or (groups,) for a metric that is no mean over rows.

    ``given`` is what is predicted; a metric of labels beside others is given the labels that are decided for.

    Raises:
        UndefinedError: on these rows, or without some of them, the metric has no value.
    """
    predicted = labels(y_pred, given) if metric.needs is Needs.LABEL else y_pred
    if metric.losses is not None:
        middle = mean(metric.losses, y_true, predicted)
        losses = np.asarray(metric.losses(y_true, predicted), dtype=np.float64)
        score = metric.finish(middle)
        return score, score + _slope(metric, middle) * (losses - middle)
    score = metric.score(y_true, predicted)
    groups = _groups(len(y_true))
    if groups < 2:  # noqa: PLR2004 - one row cannot be left out
        raise UndefinedError("one row has no spread")
    of_row = np.arange(len(y_true)) % groups
    without = np.array([metric.score(y_true[of_row != one], predicted[of_row != one]) for one in range(groups)])
    return score, groups * score - (groups - 1) * without


def _slope(metric: Metric, middle: float) -> float:
    """How fast the score changes with the mean; 1 where nothing finishes it."""
    if metric.finish is float or not middle:  # Without any loss no row differs from another.
        return 1.0
    step = _SMALL * abs(middle)
    return (metric.finish(middle + step) - metric.finish(middle - step)) / (2 * step)


def _groups(rows: int) -> int:
    return min(rows, next((groups for most, groups in _GROUPS if rows <= most), _FEWEST))
