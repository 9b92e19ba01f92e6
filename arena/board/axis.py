"""An axis of a plot: which place a value has, and round values to mark on it. Pure."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MARKS = 6
_MINUTE, _HOUR, _DAY = 60, 3600, 86400
_TIME_STEPS = (
    *(_MINUTE * count for count in (1, 2, 5, 10, 15, 30)),
    *(_HOUR * count for count in (1, 2, 3, 6, 12)),
    *(_DAY * count for count in (1, 2, 7, 14, 28, 56, 91, 182, 365)),
)
# A span beyond this has no finite width, and one below is none beside the numbers that it is between.
_WIDEST, _NARROWEST = 1e300, 1e-12
_LARGE, _MOST_DECIMALS = 1e7, 9


@dataclass(frozen=True, slots=True, kw_only=True)
class Axis:
    """From the value ``low`` at the place ``start`` to ``high`` at ``end``; ``marks`` are values and what they say."""

    low: float
    high: float
    start: float
    end: float
    marks: tuple[tuple[float, str], ...]

    def at(self, value: float) -> float:
        """The place of a value; what lies outside is as far outside as it may be on a page."""
        share = (_tamed(value) - self.low) / (self.high - self.low)
        return round(self.start + min(max(share, -1.0), 2.0) * (self.end - self.start), 1)


def number_axis(values: Iterable[float], start: float, end: float, *, from_zero: bool = False) -> Axis:
    """An axis of all the values, which are finite; it begins and ends at a mark."""
    known = [_tamed(value) for value in values] + ([0.0] if from_zero else [])
    low, high = min(known), max(known)
    biggest = max(abs(low), abs(high))
    if high - low <= _NARROWEST * biggest or biggest < 1 / _WIDEST:
        around = 0.05 * biggest if biggest > 1 / _WIDEST else 0.5
        low, high = low - (0 if from_zero else around), high + around
    power = 10.0 ** math.floor(math.log10((high - low) / _MARKS))
    step = next(step for step in (power, 2 * power, 5 * power, 10 * power) if (high - low) / step <= _MARKS)
    first, last = math.floor(low / step + _NARROWEST), math.ceil(high / step - _NARROWEST)
    decimals = max(0, -math.floor(math.log10(step) + _NARROWEST))
    marks = tuple((count * step, _said(count * step, decimals)) for count in range(first, max(last, first + 1) + 1))
    return Axis(low=marks[0][0], high=marks[-1][0], start=start, end=end, marks=marks)


def _tamed(value: float) -> float:
    return min(max(value, -_WIDEST), _WIDEST)


def _said(value: float, decimals: int) -> str:
    if abs(value) >= _LARGE or decimals > _MOST_DECIMALS:
        return f"{value:.6g}"
    return f"{value:.{decimals}f}"


def seconds(moment: datetime) -> float:
    """A moment as a value of an axis of time."""
    return (moment - _EPOCH).total_seconds()


def time_axis(moments: Iterable[datetime], start: float, end: float) -> Axis:
    """An axis from the first moment to the last, marked in UTC: a zone has days of 23 hours and of 25."""
    known = [seconds(moment) for moment in moments]
    low, high = min(known), max(known)
    if high - low < _MINUTE:
        low, high = low - 10 * _MINUTE, high + 10 * _MINUTE
    years = (high - low) // (365 * _DAY * _MARKS) + 1
    step = next((step for step in _TIME_STEPS if (high - low) / step <= _MARKS), int(365 * _DAY * years))
    counts = range(math.ceil(low / step), math.floor(high / step) + 1)
    form = "%Y-%m-%d" if step >= _DAY else "%m-%d %H:%M"
    marks = tuple((count * step, (_EPOCH + timedelta(seconds=count * step)).strftime(form)) for count in counts)
    return Axis(low=low, high=high, start=start, end=end, marks=marks)
