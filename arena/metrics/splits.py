"""Score aligned predictions on the public rows, the private rows and all of them."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from arena.errors import TaskError
from arena.metrics.table import METRICS


@dataclass(frozen=True, slots=True, kw_only=True)
class Scores:
    """Each field maps a metric's name to its score. Only ``public`` may leave the scorer before the close."""

    public: Mapping[str, float]
    private: Mapping[str, float]
    overall: Mapping[str, float]


def score_splits(
    names: Sequence[str], y_true: NDArray[Any], y_pred: NDArray[Any], is_public: NDArray[np.bool_]
) -> Scores:
    """Score ``y_pred`` against ``y_true``, both of shape (rows,) and in the same order, by every metric in ``names``.

    Raises:
        TaskError: a metric raised, or gave a number outside the range that it declares, non-finite ones included.
    """
    splits = {"public": is_public, "private": ~is_public, "overall": np.ones_like(is_public)}
    return Scores(
        **{
            split: {name: _score(name, split, y_true[rows], y_pred[rows]) for name in names}
            for split, rows in splits.items()
        }
    )


def _score(name: str, split: str, y_true: NDArray[Any], y_pred: NDArray[Any]) -> float:
    metric = METRICS[name]
    if not y_true.size:
        raise TaskError("metric.failed", metric=name, split=split)
    try:
        value = metric.score(y_true, y_pred)
    except (ValueError, TypeError, ArithmeticError) as error:
        # The cause may quote labels, so its text goes to the operator's traceback only, never into the message.
        raise TaskError("metric.failed", metric=name, split=split) from error
    if not math.isfinite(value) or not metric.low <= value <= metric.high:
        raise TaskError("metric.out_of_range", metric=name, split=split)
    return value
