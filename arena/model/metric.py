"""What a metric declares about itself. Direction is declared here, never inferred from a file."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class Needs(Enum):
    """What the predicted column must hold; ``CASES`` for what is no column but the cases of an exercise."""

    LABEL = "label"
    PROBABILITY = "probability"
    NUMBER = "number"
    CASES = "cases"


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """``score(y_true, y_pred)`` takes two arrays of shape (rows,) and returns a float within [low, high]."""

    name: str
    title: str
    greater_is_better: bool
    low: float
    high: float
    needs: Needs
    score: "Callable[[NDArray[np.generic[Any]], NDArray[np.generic[Any]]], float]"

    @property
    def direction(self) -> str:
        """``"maximize"`` or ``"minimize"``."""
        return "maximize" if self.greater_is_better else "minimize"


_LARGE = 1000


def shown(score: float) -> str:
    """A score as people read it: five decimals, and two from a thousand on. Ranks are made at full precision."""
    return f"{score:.5f}" if abs(score) < _LARGE else f"{score:.2f}"
