"""Metrics of orders: of the columns of a row by their numbers, or of names in a list."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from arena.metrics.undefined import UndefinedError

Array = NDArray[Any]


def ndcg(y_true: Array, y_pred: Array, k: int | None) -> float:
    """Normalised discounted cumulative gain of each row's columns, ordered by prediction, among the first ``k``.

    ``y_true`` are relevances; equal predictions share the mean of their places.
    """
    from sklearn.metrics import ndcg_score

    if np.any(y_true < 0):
        raise UndefinedError("a relevance is negative")
    if not np.any(y_true):
        raise UndefinedError("no relevance is more than 0")
    return float(ndcg_score(y_true, y_pred, k=k))


def average_precision_at_k(y_true: Array, y_pred: Array, k: int) -> Array:
    """Average precision of each row's list among its first ``k`` names, by Kaggle's definition.

    Both hold a tuple of names a row. The precision at each name that is right is summed and divided by the most names
    that could be; a name that stands twice counts once.
    """
    return np.array([_average(set(true), ranked[:k], k) for true, ranked in zip(y_true, y_pred, strict=True)])


def _average(true: set[Any], ranked: tuple[Any, ...], k: int) -> float:
    found: set[Any] = set()
    total = 0.0
    for place, name in enumerate(ranked, start=1):
        if name in true and name not in found:
            found.add(name)
            total += len(found) / place
    return total / min(len(true), k)
