"""Metrics of predicted numbers, by scikit-learn's definitions."""

from typing import Any

from numpy.typing import NDArray

Array = NDArray[Any]


def rmse(y_true: Array, y_pred: Array) -> float:
    """Root of the mean squared error, in the target's unit."""
    from sklearn.metrics import root_mean_squared_error

    return float(root_mean_squared_error(y_true, y_pred))


def mae(y_true: Array, y_pred: Array) -> float:
    """Mean absolute error, in the target's unit."""
    from sklearn.metrics import mean_absolute_error

    return float(mean_absolute_error(y_true, y_pred))
