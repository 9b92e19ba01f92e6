"""What is published of comparisons: how it is rounded, what warns, and what it is not about."""

import math
from dataclasses import fields
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arena.board.compared import Compared, Comparisons
from arena.board.comparisons import comparisons
from arena.board.intervals import compare
from arena.board.ranks import Field, all_pairs
from arena.metrics.influence import influence
from arena.metrics.table import METRICS
from arena.model.influence import Influence
from tests.unit.board.conftest import DIGEST


def of(
    name: str, y_true: Any, predictions: list[Any], leader: int | None = None
) -> tuple[Comparisons, list[Influence]]:
    """The comparisons of some predictions, whose records are their numbers."""
    metric = METRICS[name]
    found = [influence(metric, y_true, y_pred, seed=2) for y_pred in predictions]
    field = Field.of(found, greater_is_better=metric.greater_is_better)
    best = (np.argmax if metric.greater_is_better else np.argmin)(field.scores)
    made = comparisons(
        field,
        all_pairs(field),
        [f"{at:032x}" for at in range(len(found))],
        leader=f"{best if leader is None else leader:032x}",
        task="fruit",
        task_digest=DIGEST,
        metric=name,
        split="public",
        rows=len(y_true),
    )
    return made, found


@pytest.mark.parametrize("name", ["accuracy", "mae", "rmse", "roc_auc", "average_precision"])
@given(seed=st.integers(0, 1000), count=st.integers(1, 6))
@settings(max_examples=10, deadline=None)
def test_gaps_hold_the_exact_intervals(name: str, seed: int, count: int) -> None:
    """The published interval holds the exact one and is less than a step wider at either end; behind is positive."""
    generator = np.random.default_rng(seed)
    y_true = np.tile([0, 1], 30)
    drawn = [y_true * generator.random() + generator.normal(size=60) for _ in range(count)]
    made, found = of(name, y_true, [(d > 0).astype(int) if name == "accuracy" else d for d in drawn])
    leader = made.records.index(made.leader)
    field = Field.of(found, greater_is_better=METRICS[name].greater_is_better)
    for at, each in enumerate(made.compared):
        assert each.gap_low is not None
        assert each.gap_high is not None
        if at == leader:
            assert (each.gap_low, each.gap_high, each.rank_low) == (0, 0, 1)
            continue
        pair = (found[leader], found[at]) if METRICS[name].greater_is_better else (found[at], found[leader])
        exact = compare(*pair, field.critical)
        assert exact.low - made.step - 1e-12 < each.gap_low <= exact.low + 1e-12
        assert exact.high - 1e-12 <= each.gap_high < exact.high + made.step + 1e-12
        assert each.gap_high >= 0
        for end in (each.gap_low, each.gap_high):
            assert end / made.step == pytest.approx(round(end / made.step), abs=1e-6)


def test_the_step_is_that_of_the_board_s_scores() -> None:
    """A power of ten, at most the typical standard error of a score: it does not tell how close a pair is."""
    generator = np.random.default_rng(1)
    y_true = np.zeros(209, dtype=int)
    right = [np.where(generator.random(209) < 0.8, 0, 1) for _ in range(5)]
    probe = right[0].copy()
    probe[0] = 1 - probe[0]
    alone, _ = of("accuracy", y_true, right)
    probed, _ = of("accuracy", y_true, [*right, probe])
    assert alone.step == probed.step == 0.01
    assert math.sqrt(0.8 * 0.2 / 209) > 0.01


def test_of_proportions_the_step_is_never_finer_than_what_a_row_counts_to_the_power_of_ten() -> None:
    """Also where nearly all are right on all rows, and so their scores seem to have no error."""
    made, _ = of("accuracy", np.zeros(300, dtype=int), [np.zeros(300, dtype=int)] * 2)
    assert made.step == 0.001


def test_perfect_scores_have_nothing_to_round() -> None:
    made, _ = of("mae", np.arange(9.0), [np.arange(9.0)] * 2)
    assert made.step == 0
    assert [(each.gap_low, each.gap_high) for each in made.compared] == [(0, 0), (0, 0)]


def test_two_boards_of_other_labels_can_look_the_same() -> None:
    """Labels cannot be rebuilt: the same predictions have the same comparisons under other labels."""
    generator = np.random.default_rng(6)
    y_true = generator.integers(0, 2, 100)
    predictions = [np.where(generator.random(100) < 0.6, y_true, 1 - y_true) for _ in range(3)]
    # A row on which all are wrong, and one on which all are right, change places.
    wrongs = np.sum(np.stack(predictions) != y_true, axis=0)
    other = y_true.copy()
    for number in (0, 3):
        row = np.flatnonzero(wrongs == number)[0]
        other[row] = 1 - other[row]
    assert np.any(other != y_true)
    assert of("accuracy", other, predictions)[0] == of("accuracy", y_true, predictions)[0]


def test_a_huge_error_on_a_few_rows_is_warned_of() -> None:
    """Two rows in 209 with errors twenty times as large decide an RMSE: that team's gap is not to be relied on."""
    generator = np.random.default_rng(3)
    y_true = np.zeros(209)
    normal = [generator.normal(size=209) for _ in range(3)]
    failing = normal[0].copy()
    failing[[17, 90]] *= 20
    made, _ = of("rmse", y_true, [*normal, failing])
    assert made.warnings == (f"{3:032x}",)


def test_zeros_and_ones_are_not_warned_of() -> None:
    """Two submissions that differ on three rows have few rows to tell them apart, which their interval allows for."""
    y_true = np.zeros(209, dtype=int)
    other = y_true.copy()
    other[:3] = 1
    made, _ = of("accuracy", y_true, [y_true, other])
    assert made.warnings == ()
    assert made.compared[1].rank_low == 1


def test_of_too_few_rows_a_gap_has_no_ends() -> None:
    made, _ = of("roc_auc", np.array([0, 0, 1]), [np.array([0.1, 0.2, 0.3]), np.array([0.3, 0.2, 0.1])])
    assert (made.compared[1].gap_low, made.compared[1].gap_high) == (None, None)
    assert (made.compared[1].rank_low, made.compared[1].rank_high) == (1, 2)


def test_the_leader_is_a_best_one() -> None:
    """Of two exact ties either may lead, as the standings say; a worse one may not."""
    y_true = np.zeros(20, dtype=int)
    worse = np.array([1] * 3 + [0] * 17)
    for leader in (0, 1):
        assert of("accuracy", y_true, [y_true, y_true, worse], leader)[0].leader == f"{leader:032x}"
    with pytest.raises(ValueError, match="best score"):
        of("accuracy", y_true, [y_true, y_true, worse], 2)


def test_it_holds_a_few_numbers_a_team_and_none_a_row() -> None:
    """Nothing is as long as the rows or the pairs: five values beside each record's id."""
    made, _ = of("accuracy", np.zeros(50, dtype=int), [np.zeros(50, dtype=int)] * 3)
    assert [field.name for field in fields(Compared)] == [
        *("record", "rank_low", "rank_high", "gap_low", "gap_high", "few_rows"),
    ]
    many = {field.name for field in fields(Comparisons) if isinstance(getattr(made, field.name), tuple)}
    assert many == {"compared"}
    assert made.of(made.records[1]) == made.compared[1]
    assert made.of("none") is None
