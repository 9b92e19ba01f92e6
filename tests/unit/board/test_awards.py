"""What a rank is worth."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arena.board.awards import Medal, medal, percentile, points


@pytest.mark.parametrize(
    ("teams", "gold", "silver", "bronze"),
    [
        (1, 1, 0, 0),
        (10, 1, 1, 2),
        (25, 3, 2, 5),
        (99, 10, 10, 20),
        (100, 10, 10, 20),
        (249, 10, 40, 50),
        (250, 10, 40, 50),
        (499, 10, 40, 50),
        (500, 11, 39, 50),
        (999, 11, 39, 50),
        (1000, 12, 38, 50),
        (5000, 20, 230, 250),
    ],
)
def test_medals(teams: int, gold: int, silver: int, bronze: int) -> None:
    """So many of each are given, by Kaggle's table: shares of small boards, and one more gold for each 500 teams."""
    given_out = [medal(rank, teams) for rank in range(1, teams + 1)]
    assert [given_out.count(one) for one in Medal] == [gold, silver, bronze]


@given(st.integers(1, 6000))
def test_medals_go_down(teams: int) -> None:
    """A better rank never has a lesser medal."""
    order = [*Medal, None]
    places = [order.index(medal(rank, teams)) for rank in range(1, teams + 1)]
    assert places == sorted(places)


@given(st.integers(2, 1000))
def test_percentile(teams: int) -> None:
    """The first has 100, the last 0, and equal steps lie between; who is alone has 100."""
    assert (percentile(1, teams), percentile(teams, teams), percentile(1, 1)) == (100.0, 0.0, 100.0)
    assert percentile(2, teams) == pytest.approx(100 - 100 / (teams - 1))


@pytest.mark.parametrize(
    ("score", "baseline", "reference", "expected"),
    [(0.7, 0.5, 0.9, 50), (0.4, 0.5, 0.9, 0), (1.0, 0.5, 0.9, 100), (3.0, 5.0, 1.0, 50), (6.0, 5.0, 1.0, 0)],
)
def test_points(score: float, baseline: float, reference: float, expected: float) -> None:
    """The way may lead up or down; who stands before its beginning has 0, who is past its end 100."""
    assert points(score, baseline, reference) == pytest.approx(expected)


def test_no_way() -> None:
    """Between equal scores, and to no number, there is no way."""
    assert points(0.5, 0.5, 0.5) is None
    assert points(0.5, 0.5, float("inf")) is None
