"""Rank intervals from all pairs, all at once or one change at a time."""

from itertools import permutations
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arena.board.intervals import compare
from arena.board.ranks import Field, after_change, all_pairs
from arena.metrics.influence import influence
from arena.metrics.table import METRICS
from arena.model.influence import Influence

_ROWS = 40


def submissions(name: str, seed: int, count: int) -> list[Influence]:
    """Submissions of very unequal quality for the same rows."""
    generator = np.random.default_rng(seed)
    y_true = np.tile([0, 1], _ROWS // 2)
    found = []
    for _ in range(count):
        noise = generator.normal(size=_ROWS) * generator.choice([0.1, 0.4, 1.5])
        y_pred: Any = y_true + noise
        if name in {"accuracy", "f1"}:
            y_pred = (y_pred > 0.5).astype(int)
        found.append(influence(METRICS[name], y_true, y_pred, seed=3))
    return found


def field_of(name: str, given: list[Influence]) -> Field:
    """Their field."""
    return Field.of(given, greater_is_better=METRICS[name].greater_is_better)


def _by_hand(name: str, given: list[Influence]) -> list[tuple[int, int]]:
    """Each team's ranks from the interval of each pair."""
    field, up = field_of(name, given), METRICS[name].greater_is_better
    ends = []
    for mine in given:
        gaps = [compare(mine, other, field.critical) for other in given if other is not mine]
        above = sum(gap.low > 0 for gap in gaps)
        below = sum(gap.high < 0 for gap in gaps)
        better, worse = (below, above) if up else (above, below)
        ends.append((1 + better, len(given) - worse))
    return ends


def _ends(ranks: Any) -> list[tuple[int, int]]:
    return list(zip(ranks.low.tolist(), ranks.high.tolist(), strict=True))


names = pytest.mark.parametrize("name", ["accuracy", "mae", "rmse", "f1", "roc_auc"])


@names
@given(seed=st.integers(0, 10_000), count=st.integers(1, 12))
@settings(max_examples=25, deadline=None)
def test_ranks_are_what_the_interval_of_each_pair_says(name: str, seed: int, count: int) -> None:
    given = submissions(name, seed, count)
    ranks = all_pairs(field_of(name, given))
    assert _ends(ranks) == _by_hand(name, given)
    assert all(1 <= low <= high <= count for low, high in _ends(ranks))


@names
@given(seed=st.integers(0, 10_000), count=st.integers(2, 9), data=st.data())
@settings(max_examples=25, deadline=None)
def test_ranks_do_not_depend_on_the_order_of_teams(name: str, seed: int, count: int, data: st.DataObject) -> None:
    given = submissions(name, seed, count)
    order = data.draw(st.permutations(range(count)))
    ends = _ends(all_pairs(field_of(name, given)))
    assert _ends(all_pairs(field_of(name, [given[at] for at in order]))) == [ends[at] for at in order]


@names
@given(seed=st.integers(0, 10_000), changes=st.lists(st.integers(0, 9), min_size=1, max_size=8))
@settings(max_examples=25, deadline=None)
def test_change_by_change_gives_what_all_pairs_give(name: str, seed: int, changes: list[int]) -> None:
    """Teams that join, also beyond a power of two, and teams that hand in again."""
    pool = submissions(name, seed, 2 + len(changes))
    field = field_of(name, pool[:2])
    ranks = all_pairs(field)
    for new, change in zip(pool[2:], changes, strict=True):
        ranks, field = after_change(ranks, field, min(change, field.teams), new)
        assert _ends(ranks) == _ends(all_pairs(field))


def test_blocks_of_pairs_give_what_one_does(monkeypatch: pytest.MonkeyPatch) -> None:
    given = submissions("mae", 5, 23)
    whole = _ends(all_pairs(field_of("mae", given)))
    monkeypatch.setattr("arena.board.ranks._PAIRS", 23 * 4)
    assert _ends(all_pairs(field_of("mae", given))) == whole


def test_the_leader_s_best_rank_is_the_first() -> None:
    """No one is significantly better than the best score, and no one worse than the last."""
    given = submissions("accuracy", 8, 20)
    ranks, scores = all_pairs(field_of("accuracy", given)), [each.score for each in given]
    assert ranks.low[scores.index(max(scores))] == 1
    assert ranks.high[scores.index(min(scores))] == 20


def test_clearly_unequal_teams_have_their_ranks() -> None:
    y_true = np.zeros(400)
    errors = np.random.default_rng(1).normal(size=400)
    given = [influence(METRICS["mae"], y_true, scale * errors, seed=0) for scale in (3.0, 1.0, 2.0)]
    for order in permutations(range(3)):
        ranks = all_pairs(field_of("mae", [given[at] for at in order]))
        assert [_ends(ranks)[order.index(at)] for at in range(3)] == [(3, 3), (1, 1), (2, 2)]


def test_what_rounding_leaves_over_tells_no_teams_apart() -> None:
    """Predictions that differ by less than a product of influences can show are not told apart by chance."""
    generator = np.random.default_rng(2)
    y_true, y_pred = generator.normal(size=500), generator.normal(size=500)
    near = [influence(METRICS["mae"], y_true, y_pred + step * 1e-13, seed=0) for step in range(12)]
    assert _ends(all_pairs(field_of("mae", near))) == [(1, 12)] * 12


def test_teams_of_which_nothing_is_known_could_have_any_rank() -> None:
    """An area with a single positive row has no variance to compare by."""
    y_true = np.array([1, 0, 0, 0, 0])
    given = [influence(METRICS["roc_auc"], y_true, order, seed=0) for order in (np.arange(5.0), -np.arange(5.0))]
    assert _ends(all_pairs(field_of("roc_auc", given))) == [(1, 2), (1, 2)]


def test_an_absurd_submission_moves_nobody_else_s_rank() -> None:
    """One error of 1e150 neither parts its own team from others nor makes others' comparison infinite."""
    y_true = np.zeros(100)
    errors = np.random.default_rng(4).normal(size=100)
    given = [influence(METRICS["mse"], y_true, scale * errors, seed=0) for scale in (1.0, 9.0)]
    absurd = influence(METRICS["mse"], y_true, np.append(errors[1:], 1e150), seed=0)
    assert _ends(all_pairs(field_of("mse", given))) == [(1, 1), (2, 2)]
    assert _ends(all_pairs(field_of("mse", [*given, absurd]))) == [(1, 2), (2, 3), (1, 3)]


def test_a_field_is_of_one_metric_and_the_same_rows() -> None:
    mean, area = submissions("mae", 1, 2), submissions("accuracy", 1, 1)
    with pytest.raises(ValueError, match="same metric and rows"):
        field_of("mae", [*mean, *area])
    with pytest.raises(ValueError, match="same metric and rows"):
        field_of("mae", mean).changed(0, area[0])
