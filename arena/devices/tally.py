"""Add up samples of a GPU: busy time, peaks, energy. Pure arithmetic over what a driver said."""

from collections.abc import Iterable

from arena.devices.interface import Sample

_MICROSECONDS = 1_000_000
# NVIDIA: "each sample period may be between 1 second and 1/6 second, depending on the product".
LONGEST_PERIOD_US = _MICROSECONDS


class BusyTime:
    """Busy seconds from timed shares.

    A sample covers the time since the one before it, but never more than a sample period: the driver keeps no samples
    while the GPU is idle. Times are the driver's own and are never compared with ours.
    """

    def __init__(self, newest_us: int = 0) -> None:
        self.newest_us = newest_us
        self._busy_us = 0.0

    @property
    def seconds(self) -> float:
        """Busy seconds so far."""
        return self._busy_us / _MICROSECONDS

    def skip(self, samples: Iterable[Sample]) -> None:
        """Samples of the time before: only what comes after them counts."""
        self.newest_us = max((sample.at_us for sample in samples), default=self.newest_us)

    def add(self, samples: Iterable[Sample], *, most_s: float) -> None:
        """Count samples. ``most_s`` is the time since the last call: what has no predecessor covers no more."""
        first_us = min(LONGEST_PERIOD_US, most_s * _MICROSECONDS)
        for sample in sorted(samples, key=lambda each: each.at_us):
            if sample.at_us <= self.newest_us:
                continue
            period_us = min(sample.at_us - self.newest_us, LONGEST_PERIOD_US) if self.newest_us else first_us
            self._busy_us += period_us * min(sample.percent, 100) / 100
            self.newest_us = sample.at_us

    def add_share(self, percent: int, seconds: float) -> None:
        """Count a share of ``seconds`` of which there are no samples."""
        self._busy_us += seconds * _MICROSECONDS * min(percent, 100) / 100


def peak(known: int | None, seen: int | None) -> int | None:
    """The larger of two, of which either may be unknown."""
    if known is None or seen is None:
        return seen if known is None else known
    return max(known, seen)


def energy_joules(before_mj: int, after_mj: int) -> float | None:
    """Joules between two states of the counter; ``None`` if it went back: the driver was loaded anew."""
    return (after_mj - before_mj) / 1000 if after_mj >= before_mj else None
