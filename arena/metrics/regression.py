"""Metrics of predicted numbers, by the definitions of scikit-learn, SciPy and torch.

Truth and predictions are finite and at most 1e150, so that no square is infinite. Where a quotient would be, the worst
finite value stands for it: a prediction must not look like a fault of the task.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from arena.metrics.undefined import UndefinedError

Floats = NDArray[np.float64]

_LARGEST = float(np.finfo(np.float64).max)
_SMALLEST = float(np.finfo(np.float64).eps)


def squared_error(y_true: Floats, y_pred: Floats) -> Floats:
    """Squared error of each row."""
    error = y_pred - y_true
    return error * error


def absolute_error(y_true: Floats, y_pred: Floats) -> Floats:
    """Absolute error of each row."""
    return np.abs(y_pred - y_true)


def median_ae(y_true: Floats, y_pred: Floats) -> float:
    """Median absolute error, in the target's unit."""
    return float(np.median(np.abs(y_pred - y_true)))


def absolute_percentage_error(y_true: Floats, y_pred: Floats) -> Floats:
    """Absolute error of each row as a share of its true value."""
    if not np.all(y_true):
        raise UndefinedError("a true value is 0")
    with np.errstate(over="ignore"):
        share = np.abs(y_pred - y_true) / np.maximum(np.abs(y_true), _SMALLEST)
    return np.minimum(share, 1e300)


def symmetric_percentage_error(y_true: Floats, y_pred: Floats) -> Floats:
    """Absolute error of each row as a share of the mean size of truth and prediction; 0 where both are 0."""
    size = (np.abs(y_true) + np.abs(y_pred)) / 2
    return np.abs(y_pred - y_true) / np.where(size > 0, size, 1.0)


def squared_log_error(y_true: Floats, y_pred: Floats) -> Floats:
    """Squared difference of each row's logarithms of 1 + value."""
    if np.any(y_true < 0):
        raise UndefinedError("a true value is negative")
    error = np.log1p(y_pred) - np.log1p(y_true)
    return error * error


def huber(y_true: Floats, y_pred: Floats, delta: float) -> Floats:
    """The ``huber_loss`` of torch, of each row: half the square up to ``delta``, and beyond it a straight line."""
    size = np.abs(y_pred - y_true)
    inside = np.minimum(size, delta)
    return inside * (size - inside / 2)


def pinball(y_true: Floats, y_pred: Floats, quantile: float) -> Floats:
    """Loss of each row whose mean is least at the quantile: too low costs ``quantile``, too high ``1 - quantile``."""
    error = y_true - y_pred
    return np.maximum(quantile * error, (quantile - 1) * error)


def poisson_deviance(y_true: Floats, y_pred: Floats) -> Floats:
    """Deviance of each row from a Poisson distribution with the predicted mean."""
    if np.any(y_true < 0):
        raise UndefinedError("a true value is negative")
    certain = np.where(y_true > 0, y_true, 1.0)
    return 2 * (y_true * (np.log(certain) - np.log(y_pred)) - y_true + y_pred)


def r2(y_true: Floats, y_pred: Floats) -> float:
    """Share of the truth's variance that the predictions explain: 1 is all, 0 what the truth's mean gives."""
    return _explained(np.mean((y_pred - y_true) ** 2), y_true)


def explained_variance(y_true: Floats, y_pred: Floats) -> float:
    """The same without regard to a constant error: 1 less the error's variance over the truth's."""
    return _explained(np.var(y_pred - y_true), y_true)


def pearson(y_true: Floats, y_pred: Floats) -> float:
    """Pearson's linear correlation; 0 for a constant prediction."""
    true, predicted = _direction(y_true), _direction(y_pred)
    if true is None:
        raise UndefinedError("all true values are equal")
    return 0.0 if predicted is None else float(np.clip(np.dot(true, predicted), -1, 1))


def spearman(y_true: Floats, y_pred: Floats) -> float:
    """Pearson's correlation of the ranks, equal values sharing the mean of theirs; 0 for a constant prediction."""
    return pearson(_ranks(y_true), _ranks(y_pred))


def _explained(unexplained: "np.floating[Any]", y_true: Floats) -> float:
    variance = np.var(y_true)
    if np.all(y_true == y_true[0]) or not variance:
        raise UndefinedError("all true values are equal")
    with np.errstate(over="ignore"):
        return max(float(1 - unexplained / variance), -_LARGEST)


def _direction(values: Floats) -> Floats | None:
    """The deviations from the mean as a vector of length 1, or ``None`` where all values are equal."""
    largest = np.max(np.abs(values))
    if np.all(values == values[0]):
        return None
    scaled = values / largest
    deviations = scaled - np.mean(scaled)
    length = np.linalg.norm(deviations)
    return deviations / length if length else None


def _ranks(values: Floats) -> Floats:
    """Ranks from 1, equal values sharing the mean of theirs."""
    _, group, counts = np.unique(values, return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    return (last - (counts - 1) / 2)[group]
