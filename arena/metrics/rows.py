"""Means over rows, taken block by block: millions of rows need no array of their own for each step."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

Losses = Callable[[NDArray[Any], NDArray[Any]], NDArray[Any]]

# What stays in a core's own cache.
BLOCK = 1 << 15


def mean(losses: Losses, y_true: NDArray[Any], y_pred: NDArray[Any]) -> float:
    """The mean of ``losses`` over all rows, summed exactly over the blocks."""
    parts = [_sum(losses(y_true[at : at + BLOCK], y_pred[at : at + BLOCK])) for at in range(0, len(y_true), BLOCK)]
    return math.fsum(parts) / len(y_true)


def means(
    losses: Losses, y_true: NDArray[Any], y_pred: NDArray[Any], is_public: NDArray[np.bool_]
) -> tuple[float, float, float]:
    """The means over the public rows, the private ones and all of them, in one pass."""
    public, private = [], []
    for at in range(0, len(y_true), BLOCK):
        part, chosen = losses(y_true[at : at + BLOCK], y_pred[at : at + BLOCK]), is_public[at : at + BLOCK]
        # To multiply by truths takes a quarter of the time that picking rows out does.
        public.append(_sum(part * chosen))
        private.append(_sum(part * ~chosen))
    rows = int(np.count_nonzero(is_public))
    sums = math.fsum(public), math.fsum(private), math.fsum(public + private)
    sizes = rows, len(y_true) - rows, len(y_true)
    return tuple(total / size for total, size in zip(sums, sizes, strict=True))  # type: ignore[return-value]


def _sum(part: NDArray[Any]) -> float:
    return float(np.count_nonzero(part) if part.dtype == np.bool_ else np.sum(part))
