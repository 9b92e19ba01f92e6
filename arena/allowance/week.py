"""The weeks of a workspace. Pure: a time zone and a moment come in, two moments come out."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo

from arena.model.allowance import WEEKDAYS


@dataclass(frozen=True, slots=True, kw_only=True)
class Week:
    """From ``begins``, included, to ``ends``, excluded. Both are in UTC, so that comparing them compares moments."""

    begins: datetime
    ends: datetime

    def holds(self, moment: datetime) -> bool:
        """Whether an aware moment lies in this week."""
        return self.begins <= moment.astimezone(UTC) < self.ends


def week_of(moment: datetime, zone: tzinfo, starts: str) -> Week:
    """The week around an aware moment: from midnight to midnight in ``zone``, ``starts`` being one of ``WEEKDAYS``.

    A week in which clocks are changed is an hour longer or shorter than others. Where a midnight is skipped, the week
    begins with the first moment of that day that there is.
    """
    local = moment.astimezone(zone).date()
    first = local - timedelta(days=(local.weekday() - WEEKDAYS.index(starts)) % 7)
    midnights = (datetime.combine(day, datetime.min.time(), tzinfo=zone) for day in (first, first + timedelta(days=7)))
    # Moments of one zone would be compared by their clocks' faces (PEP 495); in UTC they are compared as moments.
    begins, ends = (midnight.astimezone(UTC) for midnight in midnights)
    return Week(begins=begins, ends=ends)
