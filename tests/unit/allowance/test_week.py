"""Weeks follow each other without a gap, in any time zone, on any first day."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arena.allowance.week import week_of
from arena.model.allowance import WEEKDAYS

# Zones that change their clocks at midnight, at one, by half an hour; one that skipped a day; and the class's.
ZONES = tuple(
    ZoneInfo(name)
    for name in (
        *("UTC", "Asia/Dhaka", "Europe/Berlin", "America/New_York", "Africa/Cairo", "Asia/Beirut"),
        *("Atlantic/Azores", "America/Asuncion", "Australia/Lord_Howe", "Pacific/Apia", "Asia/Gaza"),
    )
)
_moments = st.datetimes(min_value=datetime(1990, 1, 1), max_value=datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


@given(_moments, st.sampled_from(ZONES), st.sampled_from(WEEKDAYS))
def test_weeks_tile_time(moment: datetime, zone: ZoneInfo, starts: str) -> None:
    """Every moment is in one week: the next begins where it ends, and its first and last moments find it."""
    week = week_of(moment, zone, starts)
    assert week.holds(moment)
    assert week_of(week.begins, zone, starts) == week
    assert week_of(week.ends - timedelta(microseconds=1), zone, starts) == week
    after = week_of(week.ends, zone, starts)
    assert after.begins == week.ends
    assert not week.holds(week.ends)


@given(_moments, st.sampled_from(ZONES), st.sampled_from(WEEKDAYS))
def test_a_week_begins_on_its_day(moment: datetime, zone: ZoneInfo, starts: str) -> None:
    """It begins at its day's first moment; a day that was skipped as a whole begins with the day after it."""
    local = week_of(moment, zone, starts).begins.astimezone(zone)
    skipped = WEEKDAYS[local.weekday() - 1] == starts and zone.key == "Pacific/Apia"
    assert WEEKDAYS[local.weekday()] == starts or skipped
    before = (local.astimezone(UTC) - timedelta(microseconds=1)).astimezone(zone)
    assert before.date() < local.date()


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("Europe/Berlin", datetime(2025, 3, 28, 12, tzinfo=UTC), 167),
        ("Europe/Berlin", datetime(2025, 10, 24, 12, tzinfo=UTC), 169),
        ("Asia/Dhaka", datetime(2025, 3, 28, 12, tzinfo=UTC), 168),
        # Cairo skips the midnight of Friday 2025-04-25: a week that starts on Fridays starts at 01:00 there.
        ("Africa/Cairo", datetime(2025, 4, 22, 12, tzinfo=UTC), 168),
    ],
)
def test_a_week_of_another_length(zone: str, day: datetime, hours: int) -> None:
    """A week in which the clocks are changed is as long as it is."""
    week = week_of(day, ZoneInfo(zone), "friday" if zone == "Africa/Cairo" else "monday")
    assert (week.ends - week.begins) / timedelta(hours=1) == hours


def test_the_zones_midnight_counts() -> None:
    """In Dhaka Sunday begins at six in the evening of UTC's Saturday."""
    dhaka = ZoneInfo("Asia/Dhaka")
    sunday = datetime(2025, 6, 7, 18, 0, tzinfo=UTC)
    assert week_of(sunday, dhaka, "sunday").begins == sunday
    assert week_of(sunday - timedelta(seconds=1), dhaka, "sunday").ends == sunday
