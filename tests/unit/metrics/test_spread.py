"""What each row owes to a score."""

import math

import numpy as np
import pytest

from arena.metrics.spread import scored_parts
from arena.metrics.table import METRICS
from arena.metrics.undefined import UndefinedError
from arena.model.metric import Needs

DRAW = np.random.default_rng(20261101)
NUMBERS = DRAW.normal(10, 2, size=300)
GUESSED = NUMBERS + DRAW.normal(0, 1, size=300)
LABELS = (DRAW.random(300) < 0.4).astype(np.int64)
CHANCES = np.clip(0.3 + 0.4 * LABELS + DRAW.normal(0, 0.2, size=300), 0, 1)


def _error(parts: np.ndarray) -> float:
    return float(np.std(parts, ddof=1) / math.sqrt(len(parts)))


@pytest.mark.parametrize("name", ["accuracy", "mae", "mse", "log_loss"])
def test_a_mean(name: str) -> None:
    """Of a mean over rows the parts are the rows' losses."""
    metric = METRICS[name]
    truth, guess = (NUMBERS, GUESSED) if metric.needs is Needs.NUMBER else (LABELS, CHANCES)
    guess = (CHANCES > 0.5).astype(np.int64) if metric.needs is Needs.LABEL else guess
    score, parts = scored_parts(metric, truth, guess, metric.needs)
    assert metric.losses is not None
    assert score == metric.score(truth, guess)
    assert parts == pytest.approx(np.asarray(metric.losses(truth, guess), dtype=float), abs=1e-6)


def test_a_root() -> None:
    """Of a root the parts spread as the delta method says."""
    score, parts = scored_parts(METRICS["rmse"], NUMBERS, GUESSED, Needs.NUMBER)
    squares = (NUMBERS - GUESSED) ** 2
    assert score == pytest.approx(math.sqrt(squares.mean()))
    assert _error(parts) == pytest.approx(_error(squares) / (2 * score), rel=1e-6)
    assert parts.mean() == pytest.approx(score)


@pytest.mark.parametrize(("name", "needs"), [("roc_auc", Needs.PROBABILITY), ("f1", Needs.LABEL), ("r2", Needs.NUMBER)])
def test_any_other(name: str, needs: Needs) -> None:
    """Of any other metric they spread as the score does over other rows of the same sort."""
    metric = METRICS[name]
    truth, guess = (NUMBERS, GUESSED) if needs is Needs.NUMBER else (LABELS, CHANCES)
    guess = (CHANCES > 0.5).astype(np.int64) if needs is Needs.LABEL else guess
    _, parts = scored_parts(metric, truth, guess, needs)
    draws = (DRAW.integers(0, 300, size=300) for _ in range(600))
    spread = np.std([metric.score(truth[rows], guess[rows]) for rows in draws])
    assert _error(parts) == pytest.approx(spread, rel=0.15)


def test_labels_are_decided() -> None:
    """A metric of labels beside probabilities is given what those decide for."""
    score, parts = scored_parts(METRICS["accuracy"], LABELS, CHANCES, Needs.PROBABILITY)
    right = (CHANCES > 0.5) == LABELS
    assert score == right.mean()
    assert parts == pytest.approx(right.astype(float))


def test_perfect() -> None:
    """Without any loss no row differs from another."""
    score, parts = scored_parts(METRICS["rmse"], NUMBERS, NUMBERS, Needs.NUMBER)
    assert (score, np.ptp(parts)) == (0.0, 0.0)


@pytest.mark.parametrize(("rows", "groups"), [(300, 300), (1000, 1000), (1001, 200), (100_001, 40)])
def test_groups(rows: int, groups: int) -> None:
    """Of many rows groups are left out, so that a score is not computed a million times."""
    truth = np.tile([0, 1], rows)[:rows]
    _, parts = scored_parts(METRICS["f1"], truth, truth, Needs.LABEL)
    assert len(parts) == groups


def test_no_spread() -> None:
    """Where the score hangs on a row that is left out, or on one alone, there is no standard error."""
    with pytest.raises(UndefinedError):
        scored_parts(METRICS["recall"], np.array([1, 0, 0]), np.array([1, 0, 0]), Needs.LABEL)
    with pytest.raises(UndefinedError):
        scored_parts(METRICS["r2"], np.array([1.0]), np.array([1.0]), Needs.NUMBER)
