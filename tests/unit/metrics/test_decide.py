"""Predictions of labels decide for one of them."""

import numpy as np
import pytest

from arena.metrics.decide import labels
from arena.model.metric import Needs


@pytest.mark.parametrize(
    ("given", "predictions", "codes"),
    [
        (Needs.LABEL, [2, 0, 1], [2, 0, 1]),
        (Needs.PROBABILITY, [0.49, 0.5, 0.51], [0, 0, 1]),
        (Needs.SCORE, [-1, 0, 0.1], [0, 0, 1]),
        (Needs.PROBABILITIES, [[0.2, 0.5, 0.3], [0.4, 0.4, 0.2], [0, 0, 1]], [1, 0, 2]),
    ],
)
def test_labels(given: Needs, predictions: list[float], codes: list[int]) -> None:
    """More than half decides, else the greatest; of equals the first."""
    assert labels(np.array(predictions), given).tolist() == codes


@pytest.mark.parametrize("given", [Needs.NUMBER, Needs.NUMBERS, Needs.DISTRIBUTION, Needs.RANKING])
def test_nothing_to_decide(given: Needs) -> None:
    """What is not predicted of labels decides for none."""
    with pytest.raises(ValueError, match="labels"):
        labels(np.array([1.0]), given)


def test_two_columns_decide_as_one() -> None:
    """Two labels' probabilities decide as that of the second does alone."""
    one = np.array([0.1, 0.5, 0.9])
    both = np.stack([1 - one, one], axis=1)
    assert labels(one, Needs.PROBABILITY).tolist() == labels(both, Needs.PROBABILITIES).tolist()
