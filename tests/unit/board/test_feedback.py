"""What a rule lets learners see."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from arena.board.feedback import STEP, Measured, clears, climbs, rounded, shown, standard_error

_parts = st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=40).map(np.array)


def _measured(parts: np.ndarray) -> Measured:
    return Measured(score=float(np.mean(parts)), parts=parts)


def _right(rows: int, right: int) -> np.ndarray:
    return (np.arange(rows) < right).astype(float)


def test_standard_error() -> None:
    """It is the deviation with n - 1 over the root of n, of each board by itself."""
    boards = np.array([[0.0, 1.0, 1.0, 0.0], [2.0, 2.0, 2.0, 2.0]])
    assert standard_error(boards) == pytest.approx([math.sqrt((4 * 0.25 / 3) / 4), 0.0])
    assert math.isinf(standard_error(np.array([0.5])))


@pytest.mark.parametrize(
    ("score", "error", "seen"),
    [
        (0.784688995215311, 0.0284, 0.78),
        (0.784688995215311, 0.01, 0.78),
        (0.784688995215311, 0.00999, 0.785),
        (4596762.6, 250000.0, 4600000.0),
        (4596762.6, 5.0, 4596763.0),
        (-0.12345, 0.002, -0.123),
        (0.96, 0.3, 1.0),
        (0.96, 1.0, 1.0),
    ],
)
def test_rounded(score: float, error: float, seen: float) -> None:
    """A score is shown to the power of ten that is not above its standard error, as the float that people write."""
    assert rounded(score, error) == seen


def test_rounded_without_spread() -> None:
    """Where all rows are alike the score says nothing of one of them and stays."""
    assert rounded(0.25, 0.0) == 0.25


@pytest.mark.parametrize("loss", [1e160, 1e300])
def test_beyond_measure(loss: float) -> None:
    """Errors whose squares overflow are shown as what they are, never as a good score, and never climb."""
    wild = _measured(np.array([loss, 1.0, 2.0]))
    assert shown(wild) == wild.score > 1e150
    assert not climbs(wild, _measured(np.array([3.0, 3.0, 3.0])), greater_is_better=False)
    assert not climbs(wild, _measured(np.array([0.3, 0.3, 0.3])), greater_is_better=True)


@given(_parts)
def test_rounding_is_near(parts: np.ndarray) -> None:
    """What is shown is off by at most half a standard error, so that rounding is never worse than the noise."""
    measured = _measured(parts)
    assert abs(shown(measured) - measured.score) <= 0.5 * standard_error(parts) * (1 + 1e-9) + 1e-9


@given(_parts, st.integers(0, 39), st.floats(1e-3, 1e6))
def test_one_row(parts: np.ndarray, row: int, gain: float) -> None:
    """Whoever mends a single row never climbs, however much it was wrong."""
    better = parts.copy()
    better[row % len(parts)] += gain
    assert not climbs(_measured(better), _measured(parts), greater_is_better=True)


def test_nine_rows() -> None:
    """Of 100 rows it takes nine more right ones, with none lost, to climb."""
    best = _measured(_right(100, 50))
    assert next(n for n in range(15) if climbs(_measured(_right(100, 50 + n)), best, greater_is_better=True)) == 9


@given(_parts, _parts)
def test_direction(one: np.ndarray, other: np.ndarray) -> None:
    """Of two submissions at most one climbs over the other, and turned losses turn the answer."""
    rows = min(len(one), len(other))
    a, b = _measured(one[:rows]), _measured(other[:rows])
    up, down = climbs(a, b, greater_is_better=True), climbs(b, a, greater_is_better=True)
    assert not (up and down)
    assert climbs(b, a, greater_is_better=False) == up


def test_equal() -> None:
    """The same predictions never climb over themselves."""
    assert not climbs(_measured(_right(10, 5)), _measured(_right(10, 5)), greater_is_better=True)


def test_threshold() -> None:
    """A gap of three standard errors is not enough, one above it is."""
    difference = np.array([1.0, 0.0, 0.0, 1.0])
    error = float(standard_error(difference))
    assert not clears(STEP * error, difference)
    assert clears(np.nextafter(STEP * error, 1), difference)


def test_many_boards() -> None:
    """Many boards at once are judged as each by itself."""
    draw = np.random.default_rng(7)
    differences = draw.choice([-1.0, 0.0, 1.0], size=(50, 30), p=[0.05, 0.75, 0.2])
    gaps = differences.mean(axis=-1)
    alone = [bool(clears(gap, row)) for gap, row in zip(gaps, differences, strict=True)]
    assert clears(gaps, differences).tolist() == alone
    assert 0 < sum(alone) < 50
