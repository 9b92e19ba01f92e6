"""Round marks on an axis."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arena.board.axis import number_axis, time_axis

FINITE = st.floats(allow_nan=False, allow_infinity=False)
MOMENTS = st.datetimes(datetime(1990, 1, 1), datetime(2120, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - the zone is given


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ((0.62, 0.91), ["0.60", "0.65", "0.70", "0.75", "0.80", "0.85", "0.90", "0.95"]),
        ((0.0, 1.0), ["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"]),
        ((-3.0, 40.0), ["-10", "0", "10", "20", "30", "40"]),
        ((4596762.6, 4700000.0), ["4580000", "4600000", "4620000", "4640000", "4660000", "4680000", "4700000"]),
    ],
)
def test_marks_are_round(values: tuple[float, ...], said: list[str]) -> None:
    """Marks stand at multiples of 1, 2 or 5 times a power of ten, with as many decimals as tell them apart."""
    assert [text for _, text in number_axis(values, 0, 100).marks] == said


@given(st.lists(FINITE, min_size=1, max_size=5))
def test_every_value_is_on_its_axis(values: list[float]) -> None:
    """Any finite values are between the ends, in their order, and there are two marks or more, but not many."""
    axis = number_axis(values, 300, 20)
    places = [axis.at(value) for value in sorted(values)]
    assert all(20 <= place <= 300 for place in places)
    assert places == sorted(places, reverse=True)
    assert 2 <= len(axis.marks) <= 9


def test_from_zero() -> None:
    """Costs begin at nothing, also where there is one cost alone."""
    assert number_axis([7.5], 0, 100, from_zero=True).marks[0] == (0.0, "0")
    assert number_axis([0.0], 0, 100, from_zero=True).low == 0


def test_far_outside() -> None:
    """What is not on the axis is outside of it, but on a page."""
    axis = number_axis([0.0, 1.0], 0, 100)
    assert (axis.at(1e300), axis.at(-1e300)) == (200.0, -100.0)


@pytest.mark.parametrize(
    ("hours", "said"),
    [
        (5, ["06-01 06:00", "06-01 07:00", "06-01 08:00", "06-01 09:00", "06-01 10:00", "06-01 11:00"]),
        (24 * 9, ["2025-06-03", "2025-06-05", "2025-06-07", "2025-06-09"]),
        (0, ["06-01 05:50", "06-01 05:55", "06-01 06:00", "06-01 06:05", "06-01 06:10"]),
    ],
)
def test_times(hours: int, said: list[str]) -> None:
    """Times are marked at full minutes, hours or days, as far apart as can be read."""
    start = datetime(2025, 6, 1, 6, tzinfo=UTC)
    assert [text for _, text in time_axis([start, start + timedelta(hours=hours)], 0, 100).marks] == said


@given(st.lists(MOMENTS, min_size=1, max_size=5))
def test_marks_of_time_are_on_the_axis(moments: list[datetime]) -> None:
    """However long a task is open, a few marks stand on its axis, none beyond the ends."""
    axis = time_axis(moments, 0, 100)
    places = [axis.at(value) for value, _ in axis.marks]
    assert all(0 <= place <= 100 for place in places)
    assert all(left < right for left, right in pairwise(places))
    assert 1 <= len(places) <= 7
