"""Score aligned predictions on the public rows, the private rows and all of them."""

import math
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from arena.errors import TaskError
from arena.metrics.decide import labels
from arena.metrics.rows import means
from arena.metrics.undefined import UndefinedError
from arena.model.metric import Metric, Needs

# Sums of floats end this close to the ends of a range that they cannot leave.
_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class Scores:
    """Each field maps a metric's name to its score. Only ``public`` may leave the scorer before the close."""

    public: Mapping[str, float]
    private: Mapping[str, float]
    overall: Mapping[str, float]


def score_splits(
    metrics: Sequence[Metric],
    y_true: NDArray[Any],
    y_pred: NDArray[Any],
    is_public: NDArray[np.bool_],
    *,
    given: Needs,
) -> Scores:
    """Score ``y_pred`` against ``y_true``, a row each and in the same order, by every metric.

    ``given`` is what is predicted. Metrics of labels beside others are given the labels that the predictions decide
    for.

    Raises:
        TaskError: a metric raised, is not defined on a split's truth, or gave a number outside the range that it
            declares, non-finite ones included.
    """
    scores: dict[str, dict[str, float]] = {"public": {}, "private": {}, "overall": {}}
    decided = labels(y_pred, given) if given.takes_labels and any(m.needs is Needs.LABEL for m in metrics) else y_pred
    for metric in metrics:
        predicted = decided if metric.needs is Needs.LABEL else y_pred
        for split, value in _scored(metric, y_true, predicted, is_public).items():
            scores[split][metric.name] = within(metric, split, value)
    return Scores(**scores)


def _scored(
    metric: Metric, y_true: NDArray[Any], y_pred: NDArray[Any], is_public: NDArray[np.bool_]
) -> dict[str, float]:
    for split, rows in (("public", np.any(is_public)), ("private", not np.all(is_public))):
        if not rows:
            raise TaskError("metric.failed", metric=metric.name, split=split)
    if metric.losses is not None:
        with _blamed(metric, "overall"):
            public, private, overall = means(metric.losses, y_true, y_pred, is_public)
            values = {"public": public, "private": private, "overall": overall}
            return {split: metric.finish(value) for split, value in values.items()}
    found = {}
    for split, chosen in (("public", is_public), ("private", ~is_public), ("overall", slice(None))):
        with _blamed(metric, split):
            found[split] = metric.score(y_true[chosen], y_pred[chosen])
    return found


@contextmanager
def _blamed(metric: Metric, split: str) -> Iterator[None]:
    """What a metric raises is the task's fault."""
    try:
        yield
    except UndefinedError as error:
        raise TaskError("metric.undefined", metric=metric.name, split=split, reason=str(error)) from error
    except (ValueError, TypeError, ArithmeticError) as error:
        # The cause may quote labels, so its text goes to the operator's traceback only, never into the message.
        raise TaskError("metric.failed", metric=metric.name, split=split) from error


def within(metric: Metric, split: str, value: float) -> float:
    """The score, moved into the metric's range where rounding took it out.

    Raises:
        TaskError: it is outside, or not finite.
    """
    if not math.isfinite(value) or not metric.low - _ROUNDING <= value <= metric.high + _ROUNDING:
        raise TaskError("metric.out_of_range", metric=metric.name, split=split)
    return min(max(value, metric.low), metric.high)
