"""From what is predicted of labels to one label a row, so that metrics of labels can be shown beside others."""

from typing import Any, assert_never

import numpy as np
from numpy.typing import NDArray

from arena.model.metric import Needs

_EVEN = 0.5


def labels(y_pred: NDArray[Any], given: Needs) -> NDArray[Any]:
    """The code of the label with the greatest probability, of equals the first; of a score, its sign decides."""
    match given:
        case Needs.LABEL:
            return y_pred
        case Needs.PROBABILITY:
            return (y_pred > _EVEN).astype(np.int8)
        case Needs.SCORE:
            return (y_pred > 0).astype(np.int8)
        case Needs.PROBABILITIES:
            return np.argmax(y_pred, axis=1)
        case Needs.DISTRIBUTION | Needs.NUMBER | Needs.NUMBERS | Needs.RANKING | Needs.CASES:
            raise ValueError("nothing is predicted of labels")
    assert_never(given)
