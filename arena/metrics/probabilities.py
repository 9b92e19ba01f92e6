"""Metrics of predicted probabilities and scores, by the definitions of scikit-learn, SciPy and torch.

The truth is a label's code, of two labels 1 for the positive one; that of a distribution is a distribution.
Probabilities have the shape (rows,) where they are those of the positive label, else (rows, labels).
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from arena.metrics.undefined import UndefinedError

Codes = NDArray[np.int64]
Floats = NDArray[np.float64]

# What scikit-learn clips probabilities to: no answer costs infinitely much.
_SMALLEST = float(np.finfo(np.float64).eps)
# What torch's binary cross-entropy clips a logarithm to.
_LOWEST_LOG = -100.0
# Rows that are sorted together: the more, the fewer jumps in what they are looked up in.
_BLOCK = 1 << 16


def log_loss(y_true: Codes, y_pred: Floats) -> Floats:
    """Negative log likelihood of each row in nats."""
    return -np.log(np.clip(_of_the_truth(y_true, y_pred), _SMALLEST, 1 - _SMALLEST))


def brier(y_true: Codes, y_pred: Floats) -> Floats:
    """Squared error of each row's probability; of several columns, the sum of theirs."""
    if y_pred.ndim == 1:
        return (y_pred - y_true) ** 2
    # Each label's (p - 1 if it is the truth else p)², summed: the truth's own square is p² - 2p + 1.
    return np.sum(y_pred**2, axis=1) - 2 * _of_the_truth(y_true, y_pred) + 1


def binary_cross_entropy(y_true: Codes, y_pred: Floats) -> Floats:
    """The ``binary_cross_entropy`` of torch, of each row, in nats: a logarithm is never below -100."""
    return -_log(_of_the_truth(y_true, y_pred))


def categorical_cross_entropy(y_true: Codes | Floats, y_pred: Floats) -> Floats:
    """Minus the logarithm of what each row gives to the truth, in nats, the logarithm never below -100.

    Where the truth is a distribution, the mean under it: torch's ``cross_entropy`` of the logarithms.
    """
    if y_true.ndim == 1:
        return -_log(_of_the_truth(y_true, y_pred))
    return -np.sum(y_true * _log(y_pred), axis=1)


def kl_divergence(y_true: Floats, y_pred: Floats) -> Floats:
    """Kullback and Leibler's divergence of each row's prediction from the truth, in nats (SciPy's ``rel_entr``)."""
    certain = np.where(y_true > 0, y_true, 1.0)
    return np.sum(y_true * (np.log(certain) - np.log(np.maximum(y_pred, _SMALLEST))), axis=1)


def top_k_accuracy(y_true: Codes, y_pred: Floats, k: int) -> NDArray[np.bool_]:
    """Of each row, whether fewer than ``k`` labels are given more than the truth; of equals the later one is first."""
    own = _of_the_truth(y_true, y_pred)[:, None]
    later = np.arange(y_pred.shape[1])[None, :] > y_true[:, None]
    before = np.count_nonzero((y_pred > own) | ((y_pred == own) & later), axis=1)
    return before < k


def hinge(y_true: Codes, y_pred: Floats) -> Floats:
    """Hinge loss of each row: how far its score falls short of 1 on the true label's side."""
    return np.maximum(1 - np.where(y_true == 1, y_pred, -y_pred), 0)


def roc_auc(y_true: Codes, y_pred: Floats) -> float:
    """Area under the ROC curve: the chance that a positive row is given more than a negative one."""
    positive = y_true == 1
    found = y_pred[positive]
    pairs = len(found) * (len(y_true) - len(found))
    if not pairs:
        raise UndefinedError("all rows have one label")
    found.sort()
    # Twice the pairs in the right order, and once those that are tied.
    halves = 0
    for at in range(0, len(y_true), _BLOCK):
        part = np.sort(y_pred[at : at + _BLOCK][~positive[at : at + _BLOCK]])
        below = np.searchsorted(found, part, "left")
        tied = found[np.minimum(below, len(found) - 1)] == part
        upto = np.searchsorted(found, part[tied], "right")
        halves += 2 * len(found) * len(part) - 2 * int(np.sum(below)) + int(np.sum(below[tied])) - int(np.sum(upto))
    return halves / (2 * pairs)


def roc_auc_ovr(y_true: Codes, y_pred: Floats) -> float:
    """Mean over the labels of the area for telling each from the rest (Hanley and McNeil's one against the rest)."""
    if len(np.unique(y_true)) < y_pred.shape[1]:
        raise UndefinedError("a label does not occur")
    return float(np.mean([roc_auc(y_true == label, column) for label, column in enumerate(y_pred.T)]))


def average_precision(y_true: Codes, y_pred: Floats) -> float:
    """Precision at each threshold, weighted by the recall that it adds; rows of one score come together."""
    positive = y_true == 1
    total = np.count_nonzero(positive)
    if not total:
        raise UndefinedError("no row is positive")
    order = np.argsort(-y_pred, kind="stable")
    ordered = y_pred[order]
    last = np.append(np.flatnonzero(ordered[1:] != ordered[:-1]), len(ordered) - 1)
    hits = np.cumsum(positive[order])[last]
    return float(np.sum(np.diff(hits, prepend=0) * (hits / (last + 1))) / total)


def _of_the_truth(y_true: NDArray[Any], y_pred: Floats) -> Floats:
    """The probability that each row gives to its true label."""
    if y_pred.ndim == 1:
        return np.where(y_true == 1, y_pred, 1 - y_pred)
    return y_pred[np.arange(len(y_true)), y_true]


def _log(probability: Floats) -> Floats:
    with np.errstate(divide="ignore"):
        return np.maximum(np.log(probability), _LOWEST_LOG)
