"""How metrics of labels change with the confusion matrix: the influence of a row is the entry of its cell.

Each function takes the shares of all rows by true label (down) and predicted label (across), which sum to 1, and
returns the derivatives of its metric by them, in the same shape. An entry's distance from their weighted mean is the
influence of a row in that cell (the delta method). Which labels occur is taken as given.
"""

from collections.abc import Callable, Mapping
from functools import partial

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def _ratios(
    shares: Floats, weights: Floats, *, hit: float, true: float = 0.0, predicted: float = 0.0, both: float = 0.0
) -> tuple[Floats, Floats]:
    """Each label's ratio, and the derivatives of their weighted sum.

    A label's ratio is ``hit`` times its hits over the sum of its true rows, its predicted rows and its hits, times
    ``true``, ``predicted`` and ``both``; 0 where that sum is 0.
    """
    hits = np.diag(shares)
    sizes = true * shares.sum(axis=1) + predicted * shares.sum(axis=0) + both * hits
    there = sizes > 0
    safe = np.where(there, sizes, 1.0)
    ratios, scale = np.where(there, hit * hits / safe, 0.0), np.where(there, weights / safe, 0.0)
    table = -(scale * ratios * true)[:, None] - (scale * ratios * predicted)[None, :]
    np.fill_diagonal(table, np.diag(table) + scale * (hit - ratios * both))
    return ratios, table


def _of_positive(shares: Floats, **parts: float) -> Floats:
    return _ratios(shares, (np.arange(len(shares)) == 1).astype(float), **parts)[1]


def _of_all(shares: Floats, **parts: float) -> Floats:
    """The mean over the labels that occur in the truth or in the predictions."""
    there = shares.sum(axis=1) + shares.sum(axis=0) > 0
    return _ratios(shares, there / np.count_nonzero(there), **parts)[1]


def balanced_accuracy(shares: Floats) -> Floats:
    """Mean recall over the labels that occur in the truth."""
    there = shares.sum(axis=1) > 0
    return _ratios(shares, there / np.count_nonzero(there), hit=1, true=1)[1]


def f1_weighted(shares: Floats) -> Floats:
    """The weights, each label's share of the truth, change with the rows too."""
    ratios, table = _ratios(shares, shares.sum(axis=1), hit=2, true=1, predicted=1)
    return table + ratios[:, None]


def mcc(shares: Floats) -> Floats:
    """Covariance over the root of the product of both spreads."""
    true, predicted = shares.sum(axis=1), shares.sum(axis=0)
    spread_true, spread_predicted = 1 - np.sum(true**2), 1 - np.sum(predicted**2)
    if spread_predicted <= 0:
        return np.zeros_like(shares)  # A constant prediction scores 0, whatever the rows.
    length = np.sqrt(spread_true * spread_predicted)
    score = (np.trace(shares) - np.dot(true, predicted)) / length
    covariance = np.eye(len(shares)) - predicted[:, None] - true[None, :]
    spreads = -2 * true[:, None] / spread_true - 2 * predicted[None, :] / spread_predicted
    return covariance / length - score / 2 * spreads


def _kappa(shares: Floats, costs: Floats) -> Floats:
    """1 less the mean cost over what it would be by chance."""
    true, predicted = shares.sum(axis=1), shares.sum(axis=0)
    by_chance = true @ costs @ predicted
    if by_chance <= 0:
        return np.zeros_like(shares)
    share = np.sum(costs * shares) / by_chance
    return -(costs - share * ((costs @ predicted)[:, None] + (true @ costs)[None, :])) / by_chance


def cohen_kappa(shares: Floats) -> Floats:
    """Every disagreement costs the same."""
    return _kappa(shares, 1.0 - np.eye(len(shares)))


def quadratic_kappa(shares: Floats) -> Floats:
    """A disagreement costs the square of the labels' distance."""
    places = np.arange(len(shares), dtype=float)
    return _kappa(shares, (places[:, None] - places[None, :]) ** 2)


GRADIENTS: Mapping[str, Callable[[Floats], Floats]] = {
    "balanced_accuracy": balanced_accuracy,
    "f1": partial(_of_positive, hit=2, true=1, predicted=1),
    "f1_macro": partial(_of_all, hit=2, true=1, predicted=1),
    "f1_weighted": f1_weighted,
    "precision": partial(_of_positive, hit=1, predicted=1),
    "recall": partial(_of_positive, hit=1, true=1),
    "jaccard": partial(_of_positive, hit=1, true=1, predicted=1, both=-1),
    "jaccard_macro": partial(_of_all, hit=1, true=1, predicted=1, both=-1),
    "dice": partial(_of_positive, hit=2, true=1, predicted=1),
    "mcc": mcc,
    "cohen_kappa": cohen_kappa,
    "quadratic_kappa": quadratic_kappa,
}
