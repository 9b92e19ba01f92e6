"""Metrics of predicted labels, by scikit-learn's definitions.

What is a line of counting is counted here: scikit-learn's own checks cost more than all else that grading does.

Labels arrive as codes: the position of each in the task's ``labels``. Of two labels the second, code 1, is the
positive one.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from arena.metrics.rows import BLOCK
from arena.metrics.undefined import UndefinedError

Array = NDArray[Any]


def right(y_true: Array, y_pred: Array) -> Array:
    """Of each row, whether its label is right: the parts of accuracy."""
    right: Array = y_true == y_pred
    return right


def balanced_accuracy(y_true: Array, y_pred: Array) -> float:
    """Mean recall over the classes that occur in ``y_true``."""
    counts = np.bincount(y_true)
    hits = np.bincount(y_true[y_true == y_pred], minlength=len(counts))
    there = counts > 0
    return float(np.mean(hits[there] / counts[there]))


def f1(y_true: Array, y_pred: Array) -> float:
    """F1 of the positive class; 0 where nothing is positive."""
    hits, true, predicted = _positive(y_true, y_pred)
    return 2 * hits / (true + predicted) if true + predicted else 0.0


def f1_macro(y_true: Array, y_pred: Array) -> float:
    """Mean of each class's F1, over the classes that occur in the truth or in the predictions."""
    hits, true, predicted = _by_class(y_true, y_pred)
    return float(np.mean(2 * hits / (true + predicted)))


def f1_micro(y_true: Array, y_pred: Array) -> float:
    """F1 of all classes' hits together; where each row has one label, that is accuracy."""
    hits, true, predicted = _by_class(y_true, y_pred)
    return float(2 * np.sum(hits) / np.sum(true + predicted))


def f1_weighted(y_true: Array, y_pred: Array) -> float:
    """Mean of each class's F1, weighted by how often the class occurs in the truth."""
    hits, true, predicted = _by_class(y_true, y_pred)
    return float(np.average(2 * hits / (true + predicted), weights=true))


def precision(y_true: Array, y_pred: Array) -> float:
    """Share of the predicted positives that are; 0 where none is predicted."""
    hits, _, predicted = _positive(y_true, y_pred)
    return hits / predicted if predicted else 0.0


def recall(y_true: Array, y_pred: Array) -> float:
    """Share of the positives that were found."""
    hits, true, _ = _positive(y_true, y_pred)
    if not true:
        raise UndefinedError("no row is positive")
    return hits / true


def jaccard(y_true: Array, y_pred: Array) -> float:
    """Positives in both over positives in either (intersection over union); 0 where nothing is positive."""
    hits, true, predicted = _positive(y_true, y_pred)
    either = true + predicted - hits
    return hits / either if either else 0.0


def jaccard_macro(y_true: Array, y_pred: Array) -> float:
    """Mean of each class's intersection over union, over the classes that occur in the truth or the predictions."""
    hits, true, predicted = _by_class(y_true, y_pred)
    return float(np.mean(hits / (true + predicted - hits)))


def mcc(y_true: Array, y_pred: Array) -> float:
    """Matthews' correlation of true and predicted labels, for any number of classes; 0 for a constant prediction.

    J. Gorodkin, Comparing two K-category assignments by a K-category correlation coefficient, 2004.
    """
    hits, true, predicted = (counts.astype(float) for counts in _by_class(y_true, y_pred))
    rows = float(np.sum(true))
    spread_true, spread_predicted = rows**2 - np.sum(true**2), rows**2 - np.sum(predicted**2)
    if not spread_true:
        raise UndefinedError("all rows have one label")
    if not spread_predicted:
        return 0.0
    covariance = float(np.sum(hits)) * rows - float(np.sum(true * predicted))
    return float(covariance / np.sqrt(spread_true * spread_predicted))


def cohen_kappa(y_true: Array, y_pred: Array) -> float:
    """Agreement beyond that of chance: 1 where all agree, 0 where no more than chance would."""
    counts = confusion(y_true, y_pred)
    return _kappa(counts, 1.0 - np.eye(len(counts)))


def quadratic_kappa(y_true: Array, y_pred: Array) -> float:
    """Cohen's kappa with disagreement weighted by the square of the distance between the labels' positions."""
    counts = confusion(y_true, y_pred)
    places = np.arange(len(counts), dtype=float)
    return _kappa(counts, (places[:, None] - places[None, :]) ** 2)


def dice(y_true: Array, y_pred: Array) -> float:
    """Twice the positives in both over the sum of the positives in each; 0 where nothing is positive."""
    return f1(y_true, y_pred)


def confusion(y_true: Array, y_pred: Array, classes: int = 0) -> Array:
    """Counts of shape (classes, classes): true labels down, predicted ones across; at least the classes that occur."""
    size = max(classes, int(np.max(y_true, initial=0)) + 1, int(np.max(y_pred, initial=0)) + 1)
    counts = np.zeros(size * size, dtype=np.int64)
    for at in range(0, len(y_true), BLOCK):
        pairs = y_true[at : at + BLOCK].astype(np.int64) * size + y_pred[at : at + BLOCK]
        counts += np.bincount(pairs, minlength=size * size)
    return counts.reshape(size, size)


def _positive(y_true: Array, y_pred: Array) -> tuple[int, int, int]:
    """How many rows are positive in both, in the truth, in the predictions."""
    true, predicted = y_true == 1, y_pred == 1
    return int(np.count_nonzero(true & predicted)), int(np.count_nonzero(true)), int(np.count_nonzero(predicted))


def _by_class(y_true: Array, y_pred: Array) -> tuple[Array, Array, Array]:
    """The same for each class that occurs in the truth or in the predictions."""
    counts = confusion(y_true, y_pred)
    hits, true, predicted = np.diag(counts), counts.sum(axis=1), counts.sum(axis=0)
    there = true + predicted > 0
    return hits[there], true[there], predicted[there]


def _kappa(counts: Array, weights: Array) -> float:
    true, predicted = counts.sum(axis=1), counts.sum(axis=0)
    if np.count_nonzero(true) == 1:
        raise UndefinedError("all rows have one label")
    by_chance = np.outer(true, predicted) / counts.sum()
    return float(1 - np.sum(weights * counts) / np.sum(weights * by_chance))
