"""What a team may spend in a week. Units stand apart: seconds of one kind of device never pay for another's."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
# The first day of the week in Bangladesh and India by CLDR's week data (supplemental/weekData.xml).
FIRST_WEEKDAY: Final = "sunday"


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowance:
    """Seconds a week for each team, by unit (``gpu_s``, ``cpu_slot_s``); a unit that is missing has no limit.

    ``week_starts`` is one of ``WEEKDAYS``: at that day's midnight in the workspace's time zone every account begins
    anew. What is left of a week is lost.
    """

    seconds: Mapping[str, float] = field(default_factory=dict)
    week_starts: str = FIRST_WEEKDAY
