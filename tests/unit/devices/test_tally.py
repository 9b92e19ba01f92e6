"""Adding up what a driver said."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arena.devices.interface import Sample
from arena.devices.tally import LONGEST_PERIOD_US, BusyTime, energy_joules, peak

SAMPLES = st.lists(st.builds(Sample, st.integers(1, 10**9), st.integers(0, 150)), max_size=30)


def test_a_sample_covers_the_time_since_the_one_before() -> None:
    busy = BusyTime(1_000_000)
    busy.add([Sample(1_200_000, 100), Sample(1_600_000, 50)], most_s=1)
    assert busy.seconds == pytest.approx(0.4)


def test_after_a_gap_a_sample_covers_one_period_at_most() -> None:
    """The driver keeps no samples while a GPU is idle: the gap was not busy."""
    busy = BusyTime(1_000_000)
    busy.add([Sample(3_600_000_000, 100)], most_s=3600)
    assert busy.seconds == LONGEST_PERIOD_US / 1e6


def test_a_first_sample_covers_no_more_than_the_time_that_passed() -> None:
    busy = BusyTime()
    busy.add([Sample(3_600_000_000, 100)], most_s=0.25)
    assert busy.seconds == 0.25


def test_what_was_before_does_not_count() -> None:
    busy = BusyTime()
    busy.skip([Sample(5_000_000, 100), Sample(4_000_000, 100)])
    busy.add([Sample(4_500_000, 100), Sample(5_500_000, 100)], most_s=1)
    assert busy.seconds == 0.5


@given(st.lists(SAMPLES, max_size=5))
def test_busy_time_is_never_more_than_time(batches: list[list[Sample]]) -> None:
    """In whatever order samples come, twice or with more than 100 %, busy time stays within their span."""
    busy = BusyTime(1)
    for batch in batches:
        busy.add(batch, most_s=1)
        busy.add(batch, most_s=1)
    latest = max((sample.at_us for batch in batches for sample in batch), default=1)
    assert 0 <= busy.seconds <= (latest - 1) / 1e6 + 1e-9


@given(SAMPLES)
def test_batches_add_up_as_one(samples: list[Sample]) -> None:
    """How often the driver is asked does not change what comes out."""
    ordered = sorted(samples, key=lambda sample: sample.at_us)
    whole, parts = BusyTime(1), BusyTime(1)
    whole.add(ordered, most_s=1)
    for sample in ordered:
        parts.add([sample], most_s=1)
    assert parts.seconds == pytest.approx(whole.seconds)


@pytest.mark.parametrize(("known", "seen", "expected"), [(None, None, None), (None, 3, 3), (3, None, 3), (3, 2, 3)])
def test_peak_of_what_may_be_unknown(known: int | None, seen: int | None, expected: int | None) -> None:
    assert peak(known, seen) == expected


def test_a_counter_that_went_back_tells_no_energy() -> None:
    assert energy_joules(1000, 3500) == 2.5
    assert energy_joules(3500, 1000) is None
