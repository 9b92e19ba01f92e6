"""Means over rows are the same whether they are taken at once or block by block."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arena.metrics.rows import BLOCK, mean, means


def _difference(y_true: np.ndarray, y_pred: np.ndarray) -> np.ndarray:
    return np.asarray(y_pred - y_true)


@settings(max_examples=20)
@given(st.integers(2, 2 * BLOCK + 3), st.integers(0, 2**32 - 1))
def test_means(rows: int, seed: int) -> None:
    """No row is lost or counted twice at the edges of blocks, in any split."""
    draw = np.random.default_rng(seed)
    true, predicted = draw.normal(size=(2, rows))
    is_public = draw.random(rows) < 0.3
    is_public[:2] = True, False
    losses = predicted - true
    expected = losses[is_public].mean(), losses[~is_public].mean(), losses.mean()
    assert means(_difference, true, predicted, is_public) == pytest.approx(expected, rel=1e-12, abs=1e-14)
    assert mean(_difference, true, predicted) == pytest.approx(losses.mean(), rel=1e-12, abs=1e-14)


def test_counts() -> None:
    """Of truths the mean is the exact share."""
    is_right = lambda y_true, y_pred: y_true == y_pred  # noqa: E731
    assert means(is_right, np.arange(7), np.array([0, 1, 2, 0, 0, 0, 0]), np.arange(7) < 5) == (3 / 5, 0, 3 / 7)
