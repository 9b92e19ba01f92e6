"""Intervals of one difference, against SciPy and against the formulas by hand."""

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from arena.board.intervals import compare, critical, decided_by_few, effective_rows
from arena.errors import InfrastructureError
from arena.metrics.influence import influence
from arena.metrics.table import METRICS
from arena.model.influence import Influence

stats = pytest.importorskip("scipy.stats", reason="SciPy is the reference")

_TRUTH = np.arange(30.0)


def of(name: str, y_true: Any, y_pred: Any) -> Influence:
    """A submission's influence."""
    return influence(METRICS[name], np.asarray(y_true), np.asarray(y_pred), seed=1)


@pytest.mark.parametrize(
    ("teams", "opponents"), [(1, 1), (2, 1), (3, 3), (4, 3), (5, 7), (20, 31), (200, 255), (10_000, 16_383)]
)
@pytest.mark.parametrize("df", [1, 9, 208, 3999])
def test_the_critical_value_allows_for_all_opponents(teams: int, opponents: int, df: int) -> None:
    """Student's t at the error divided by the opponents, of whom there are one less than a power of two."""
    assert critical(teams, df) == pytest.approx(stats.t.isf(0.025 / opponents, df), rel=1e-8)


def test_the_plain_critical_value_is_that_of_tables() -> None:
    assert critical(2, 10) == pytest.approx(2.228, abs=0.0005)
    assert critical(2, 10, alpha=0.01) == pytest.approx(3.169, abs=0.0005)


def test_without_degrees_of_freedom_no_interval_ends() -> None:
    assert critical(2, 0) == math.inf
    gap = compare(of("mae", [1.0], [2.0]), of("mae", [1.0], [5.0]), math.inf)
    assert (gap.gap, gap.low, gap.high) == (-3, -math.inf, math.inf)


def test_without_scipy_the_installation_is_at_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "scipy.special", None)
    with pytest.raises(InfrastructureError) as caught:
        critical(2, 10)
    assert caught.value.message_id == "metric.library_missing"


_ERRORS = st.lists(st.tuples(st.integers(-80, 80), st.integers(-80, 80)), min_size=3, max_size=40)


@given(_ERRORS)
def test_of_means_it_is_the_paired_t_interval(errors: list[tuple[int, int]]) -> None:
    first, second = (np.array(column) / 8 for column in zip(*errors, strict=True))
    y_true = np.zeros(len(errors))
    found = compare(of("mae", y_true, first), of("mae", y_true, second), critical(2, len(errors) - 1))
    difference = np.abs(first) - np.abs(second)
    if np.std(difference):
        ends = stats.ttest_1samp(difference, 0).confidence_interval()
        assert (found.low, found.high) == pytest.approx((ends.low, ends.high), abs=1e-9)
    else:
        assert (found.low, found.high) == pytest.approx((found.gap, found.gap), abs=1e-9)


@pytest.mark.parametrize(("only_a", "only_b", "rows"), [(0, 0, 20), (6, 1, 40), (20, 30, 209), (5, 0, 5)])
def test_of_proportions_it_is_bonett_and_price_s(only_a: int, only_b: int, rows: int) -> None:
    """From the counts of rows where only one is right: each counts one more, and the rows two more."""
    a = np.array([1] * only_a + [0] * only_b + [1] * (rows - only_a - only_b))
    b = np.array([0] * only_a + [1] * only_b + [1] * (rows - only_a - only_b))
    found = compare(of("accuracy", np.ones(rows, int), a), of("accuracy", np.ones(rows, int), b), 1.96)
    share_a, share_b = (only_a + 1) / (rows + 2), (only_b + 1) / (rows + 2)
    se = math.sqrt((share_a + share_b - (share_a - share_b) ** 2) / (rows + 2))
    assert found.gap == pytest.approx((only_a - only_b) / rows)
    assert found.se == pytest.approx(se)
    assert (found.low, found.high) == pytest.approx((share_a - share_b - 1.96 * se, share_a - share_b + 1.96 * se))


@pytest.mark.parametrize("name", ["accuracy", "mae", "rmse", "f1", "roc_auc", "average_precision"])
@given(seed=st.integers(0, 1000))
def test_two_submissions_compare_the_same_either_way(name: str, seed: int) -> None:
    """Swapped, the gap and both ends change their signs."""
    generator = np.random.default_rng(seed)
    y_true = np.append([0, 1], generator.integers(0, 2, 18))
    a, b = generator.random(20), generator.random(20)
    if name in {"accuracy", "f1"}:
        a, b = (a > 0.5).astype(int), (b > 0.5).astype(int)
    one, other = of(name, y_true, a), of(name, y_true, b)
    there, back = compare(one, other, 2.0), compare(other, one, 2.0)
    assert (there.gap, there.low, there.high) == pytest.approx((-back.gap, -back.high, -back.low))
    assert there.low <= there.gap * 20 / 22 <= there.high
    assert there.se == back.se


def test_only_submissions_of_the_same_rows_and_metric_compare() -> None:
    with pytest.raises(ValueError, match="same metric and rows"):
        compare(of("mae", _TRUTH, _TRUTH + 1), of("mae", _TRUTH[:20], _TRUTH[:20]), 2.0)
    with pytest.raises(ValueError, match="same metric and rows"):
        compare(of("mae", [0.0, 1.0], [0.5, 1.0]), of("accuracy", [0, 1], [1, 1]), 2.0)


def test_effective_rows_count_those_that_carry_a_variance() -> None:
    """One row that has it all counts one, equal ones their number, and size does not matter; none is infinite."""
    lines = np.zeros((5, 100))
    lines[0, 3] = 5.0
    lines[1, :] = np.tile([1e90, -1e90], 50)
    lines[2, :7] = 1e-90
    lines[3, 0] = 1e100
    lines[3, 1:] = 1.0
    assert effective_rows(lines).tolist() == pytest.approx([1, 100, 7, 1, math.inf])
    normal = np.random.default_rng(0).normal(size=(1, 30_000))
    assert float(effective_rows(normal)[0]) == pytest.approx(10_000, rel=0.05)


@pytest.mark.parametrize(("carrying", "df", "few"), [(9, 999, True), (11, 999, False), (3, 79, True), (5, 79, False)])
def test_few_are_less_than_a_twentieth_and_less_than_ten(carrying: int, df: int, few: bool) -> None:  # noqa: FBT001
    lines = np.zeros((1, df + 1))
    lines[0, :carrying] = 1.0
    assert decided_by_few(lines, df).tolist() == [few]


@pytest.mark.parametrize("df", [1, 9, 29])
def test_one_row_is_always_few(df: int) -> None:
    lines = np.zeros((2, 200))
    lines[0, 0] = 1.0
    lines[1, :2] = 1.0
    assert decided_by_few(lines, df).tolist() == [True, False]
