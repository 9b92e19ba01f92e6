"""The best constant prediction, where a ladder begins."""

import numpy as np
import pytest

from arena.metrics.constant import best_constant
from arena.metrics.table import METRICS
from arena.model.metric import Needs

LABELS = np.array([2, 2, 2, 1, 0, 0])
POSITIVE = np.array([1, 1, 1, 0])
NUMBERS = np.array([1.0, 2.0, 3.0, 4.0, 100.0])


def test_labels() -> None:
    """Of labels it is the one that occurs most; under F1 the positive one, which alone has a score."""
    assert best_constant(METRICS["accuracy"], LABELS, Needs.LABEL, 3).tolist() == [2] * 6
    assert best_constant(METRICS["f1"], np.array([0, 0, 0, 1]), Needs.LABEL, 2).tolist() == [1] * 4


def test_probabilities() -> None:
    """Of probabilities it is the labels' shares."""
    assert best_constant(METRICS["log_loss"], POSITIVE, Needs.PROBABILITY, 2).tolist() == [0.75] * 4
    assert best_constant(METRICS["log_loss"], LABELS, Needs.PROBABILITIES, 3)[0] == pytest.approx([2 / 6, 1 / 6, 3 / 6])


def test_numbers() -> None:
    """Of numbers it is the mean under squares, and the median under absolute errors."""
    assert best_constant(METRICS["rmse"], NUMBERS, Needs.NUMBER, 0)[0] == 22.0
    assert best_constant(METRICS["mae"], NUMBERS, Needs.NUMBER, 0)[0] == 3.0


def test_a_quantile() -> None:
    """Under a quantile's loss it is that quantile."""
    metric = METRICS["pinball"].with_parameters({"quantile": 0.9})
    assert best_constant(metric, np.arange(101.0), Needs.NUMBER, 0)[0] == 90.0


def test_beside() -> None:
    """Where probabilities are given and labels rank, it is the label that they decide for."""
    chosen = best_constant(METRICS["accuracy"], POSITIVE, Needs.PROBABILITY, 2)
    assert METRICS["accuracy"].score(POSITIVE, (chosen > 0.5).astype(int)) == 0.75


def test_other_shapes() -> None:
    """Scores, distributions, several numbers and rankings have one each, of the shape that predictions have."""
    assert best_constant(METRICS["hinge"], POSITIVE, Needs.SCORE, 2).tolist() == [1.0] * 4
    mix = np.array([[0.2, 0.8], [0.4, 0.6]])
    assert best_constant(METRICS["kl_divergence"], mix, Needs.DISTRIBUTION, 0)[1] == pytest.approx([0.3, 0.7])
    gains = np.array([[3.0, 1.0], [2.0, 0.0]])
    assert best_constant(METRICS["ndcg"], gains, Needs.NUMBERS, 0)[0] == pytest.approx([2.5, 0.5])
    names = np.empty(3, dtype=object)
    names[:] = [("b",), ("a", "b"), ("c", "b")]
    assert best_constant(METRICS["map_at_k"], names, Needs.RANKING, 0)[0][0] == "b"


@pytest.mark.parametrize("name", ["pearson", "spearman"])
def test_correlations(name: str) -> None:
    """Of a correlation every constant scores 0."""
    assert METRICS[name].score(NUMBERS, best_constant(METRICS[name], NUMBERS, Needs.NUMBER, 0)) == 0.0
