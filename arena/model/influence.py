"""How a score hangs on each row: what comparisons of submissions are made of."""

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# No influence is larger, so that no square of one, and no sum of squares, is infinite.
LARGEST_INFLUENCE = 1e100


class Kind(Enum):
    """What the influences are, and so which interval fits a difference of two."""

    MEAN = "mean"  # of a mean over rows, or of what is one to first order
    PROPORTION = "proportion"  # of a mean of zeros and ones
    REPLICATES = "replicates"  # no rows, but what resampling them did to the score


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Influence:
    """A score with its influences ``phi``, of shape (size,) and of sum 0, in the score's unit.

    The score differs from what endless rows would give by about the mean of ``phi``, so the difference of two scores of
    the same rows has the variance ``sum((phi_a - phi_b)²) / (size * (size - 1))``. ``df`` are the degrees of freedom of
    that estimate; with 0 nothing is known of it.

    It tells of each row how well it was predicted. It stays where the answers are.
    """

    score: float
    phi: "NDArray[np.float64]"
    kind: Kind
    df: int
