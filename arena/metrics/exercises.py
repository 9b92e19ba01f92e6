"""The metric of exercises."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


def cases_passed(weights: Array, passed: Array) -> float:
    """Weighted share of the cases that passed: two arrays of shape (cases,), positive numbers and zeros or ones."""
    if np.all(passed):
        return 1.0  # Which rounding might miss.
    return float(np.sum(weights * passed) / np.sum(weights))
