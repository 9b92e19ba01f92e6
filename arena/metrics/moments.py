"""Influences on metrics that are functions of means, variances and covariances of numbers (the delta method)."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def r2(y_true: Floats, y_pred: Floats) -> Floats:
    """Of the share of the truth's variance that is explained."""
    return _explained((y_pred - y_true) ** 2, y_true)


def explained_variance(y_true: Floats, y_pred: Floats) -> Floats:
    """The same, of the errors' distance from their mean."""
    error = y_pred - y_true
    return _explained((error - np.mean(error)) ** 2, y_true)


def pearson(y_true: Floats, y_pred: Floats) -> Floats:
    """Of the correlation; none where the prediction is constant, as it then is whatever the rows."""
    true, predicted = _standardised(y_true), _standardised(y_pred)
    if true is None or predicted is None:
        return np.zeros(len(y_true))
    products = true * predicted
    return products - np.mean(products) * (true**2 + predicted**2) / 2


def _explained(unexplained: Floats, y_true: Floats) -> Floats:
    variance = np.var(y_true)
    share = np.mean(unexplained) / variance
    return share * ((y_true - np.mean(y_true)) ** 2 / variance - 1) - (unexplained / variance - share)


def _standardised(values: Floats) -> Floats | None:
    largest = np.max(np.abs(values))
    if np.all(values == values[0]):
        return None
    # By the largest first: squares of the smallest numbers would be 0.
    deviations = values / largest - np.mean(values / largest)
    size = np.std(deviations)
    return deviations / size if size else None
