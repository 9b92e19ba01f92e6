"""The claims of docs/reference/statistics.md, small and with fixed draws: the whole is ``make simulate``."""

import argparse

import pytest

from simulations import boards, pairs
from simulations.boards import Held
from simulations.pairs import Coverage, Pair
from simulations.statistics import CLAIMS, Results, missed, page

pytest.importorskip("scipy", reason="quantiles come from SciPy")

_DRAWS, _SEED = 300, 1
# 300 draws of 95 % have a standard error of 1.3 points.
_ERROR = 0.05


@pytest.mark.parametrize("pair", pairs.CORE, ids=lambda pair: pair.name)
def test_a_fixed_pair_s_interval_holds_the_gap(pair: Pair) -> None:
    """95 in 100 times, for accuracy, MAE, RMSE and ROC AUC."""
    assert 0.95 - _ERROR < pairs.coverage(pair, 209, _DRAWS, _SEED).covered < 0.95 + _ERROR


@pytest.mark.parametrize("pair", pairs.ELSEWHERE, ids=lambda pair: pair.name)
def test_elsewhere_it_does_not_miss_more(pair: Pair) -> None:
    assert pairs.coverage(pair, 209, _DRAWS, _SEED).covered > 0.95 - _ERROR


def test_replicates_hold_it_too() -> None:
    assert pairs.coverage(pairs.MEDIAN_AE, 209, 100, _SEED).covered >= 0.9


def test_where_few_rows_decide_it_misses_and_says_so() -> None:
    """One model fails twentyfold on a row in a hundred: no interval covers that, but most come with a warning."""
    found = pairs.coverage(pairs.RMSE_FAILING, 209, _DRAWS, _SEED)
    assert found.covered < 0.75
    assert found.warned > 0.8
    assert pairs.coverage(pairs.RMSE, 209, _DRAWS, _SEED).warned < 0.05


@pytest.mark.parametrize(("teams", "plain"), [(5, 0.95), (20, 0.86), (200, 0.6)])
def test_the_picked_leader_is_allowed_for(teams: int, plain: float) -> None:
    """At one pair's critical value the intervals to the leader miss ever more; at the board's they do not."""
    found = boards.boards(boards.right, teams, 209, 60, _SEED)
    assert found.covered_plain < plain
    assert found.covered >= 0.97


@pytest.mark.parametrize("draw", [boards.right, boards.errors], ids=["accuracy", "MAE"])
@pytest.mark.parametrize("teams", [5, 20, 200])
def test_equal_teams_are_seldom_declared_different(draw: boards.Draw, teams: int) -> None:
    """Less than one pair in a hundred is; a small board's few draws are given some room."""
    found = boards.boards(draw, teams, 209, 60, _SEED)
    assert found.different < (0.02 if teams == 5 else 0.01)
    assert found.ranked > 0.93


def test_rank_intervals_hold_unequal_teams_ranks() -> None:
    found = boards.boards(boards.graded_errors, 20, 1000, 60, _SEED)
    assert found.ranked > 0.97
    assert found.different > 0.2


@pytest.mark.parametrize("draw", [boards.shifted_right, boards.shifted_errors], ids=["accuracy", "MAE"])
@pytest.mark.parametrize("teams", [20, 200])
def test_teams_that_are_apart_are_told_apart(draw: boards.Shifted, teams: int) -> None:
    assert boards.separated(draw, teams, 209, 60, _SEED) >= 0.99


def test_of_too_few_rows_no_teams_are_so_far_apart() -> None:
    with pytest.raises(ValueError, match="so few rows"):
        boards.separated(boards.shifted_right, 200, 20, 1, _SEED)


_FINE = Held(covered=0.98, covered_plain=0.8, ranked=0.97, different=0.002)


def _results(*, core: float, warned: float, held: Held, share: float) -> Results:
    (claim, _), *_ = CLAIMS.items()
    failing = Coverage(covered=0.6, warned=warned)
    return Results(
        pairs={
            claim: [(pairs.MAE, 209, Coverage(covered=core, warned=0.0))],
            "or a warning": [(pairs.RMSE_FAILING, 209, failing)],
        },
        boards=[("MAE, equal teams", 20, 209, held)],
        apart=[("MAE", 20, 209, share)],
    )


@pytest.mark.parametrize(
    ("results", "faults"),
    [
        (_results(core=0.95, warned=0.85, held=_FINE, share=0.999), 0),
        (_results(core=0.92, warned=0.85, held=_FINE, share=0.999), 1),
        (_results(core=0.975, warned=0.85, held=_FINE, share=0.999), 1),
        (_results(core=0.95, warned=0.5, held=_FINE, share=0.99), 2),
        (
            _results(
                core=0.95,
                warned=0.85,
                held=Held(covered=0.9, covered_plain=0.8, ranked=0.9, different=0.05),
                share=0.999,
            ),
            3,
        ),
    ],
)
def test_every_number_that_misses_its_claim_is_named(results: Results, faults: int) -> None:
    """On the page too: there is no way to pass by leaving it out."""
    found = list(missed(results))
    assert len(found) == faults
    written = page(results, asked=argparse.Namespace(draws=10, seed=1), commit="abc", seconds=1.0)
    assert all(f"- {fault}\n" in written for fault in found)
    assert ("\nNone.\n" in written) is (not faults)
