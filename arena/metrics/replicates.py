"""What drawing the rows anew does to a score: for metrics without an influence of their own."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from arena.metrics.undefined import UndefinedError

Floats = NDArray[np.float64]

REPLICATES = 400
_TRIES = 2 * REPLICATES


def replicates(score: Callable[..., float], y_true: NDArray[Any], y_pred: NDArray[Any], *, seed: int) -> Floats | None:
    """Scores of 400 draws with replacement, or ``None`` where too many draws have none.

    The draws follow from ``seed`` and the number of rows, and a draw without a score is one by its truth. So all
    submissions to a task have the same draws, and a difference of two has the standard deviation of their difference.
    """
    generator = np.random.default_rng(seed)
    found: list[float] = []
    for _ in range(_TRIES):
        rows = generator.integers(len(y_true), size=len(y_true))
        try:
            found.append(score(y_true[rows], y_pred[rows]))
        except UndefinedError:
            continue
        if len(found) == REPLICATES:
            return np.array(found)
    return None
