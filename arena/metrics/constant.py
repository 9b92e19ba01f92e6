"""The best constant prediction: what a task's metric gives to whoever knows the truth's distribution and no more."""

from collections import Counter
from collections.abc import Iterator
from typing import Any, assert_never

import numpy as np
from numpy.typing import NDArray

from arena.metrics.decide import labels
from arena.model.metric import Metric, Needs

Array = NDArray[Any]

_QUANTILES = tuple(round(0.05 * step, 2) for step in range(1, 20))
_EVEN = 0.5


def best_constant(metric: Metric, y_true: Array, given: Needs, classes: int) -> Array:
    """A prediction for each row, all equal, which the metric likes best among those that are worth a try.

    ``given`` is what is predicted, ``classes`` how many labels there are. Of equals the first is taken.
    """
    sign = -1 if metric.greater_is_better else 1

    def cost(y_pred: Array) -> float:
        return sign * metric.score(y_true, labels(y_pred, given) if metric.needs is Needs.LABEL else y_pred)

    return min(_candidates(y_true, given, classes), key=cost)


def _candidates(y_true: Array, given: Needs, classes: int) -> Iterator[Array]:
    rows = len(y_true)
    match given:
        case Needs.LABEL:
            counts = np.bincount(y_true, minlength=classes)
            yield from (np.full_like(y_true, code) for code in np.argsort(-counts, kind="stable"))
        case Needs.PROBABILITY:
            yield from (np.full(rows, value) for value in (float(np.mean(y_true == 1)), _EVEN))
        case Needs.SCORE:
            yield from (np.full(rows, value) for value in (-1.0, 0.0, 1.0))
        case Needs.PROBABILITIES:
            yield np.tile(np.bincount(y_true, minlength=classes) / rows, (rows, 1))
        case Needs.DISTRIBUTION:
            yield np.tile(np.mean(y_true, axis=0), (rows, 1))
        case Needs.NUMBER | Needs.NUMBERS:
            middles = [np.mean(y_true, axis=0), *np.quantile(y_true, (_EVEN, *_QUANTILES), axis=0)]
            yield from (np.full_like(y_true, middle, dtype=np.float64) for middle in middles)
        case Needs.RANKING:
            often = tuple(name for name, _ in Counter(name for row in y_true for name in row).most_common())
            ranked = np.empty(rows, dtype=object)
            ranked[:] = [often] * rows
            yield ranked
        case Needs.CASES:
            raise ValueError("cases have no rows")
        case _:
            assert_never(given)
