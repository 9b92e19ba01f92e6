"""Usage adds up over the runs of one attempt, and only within one unit."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arena.model.budget import Usage

_seconds = st.integers(0, 10**6).map(float)
_usages = st.builds(
    Usage, charged=_seconds, wall_s=_seconds, cpu_s=_seconds, peak_memory_bytes=st.integers(0, 2**40), unit=st.just("s")
)


@given(_usages, _usages)
def test_sum(fit: Usage, predict: Usage) -> None:
    """Seconds of two runs add up; memory is the higher peak, for they ran one after the other."""
    total = fit + predict
    assert total.charged == fit.charged + predict.charged
    assert total.wall_s == fit.wall_s + predict.wall_s
    assert total.cpu_s == fit.cpu_s + predict.cpu_s
    assert total.peak_memory_bytes == max(fit.peak_memory_bytes, predict.peak_memory_bytes)
    assert (total.unit, total.device_class) == ("s", "cpu")


@given(_usages)
def test_nothing_added(used: Usage) -> None:
    """A run that used nothing changes nothing."""
    assert used + Usage(unit="s") == used


@pytest.mark.parametrize(
    "other", [Usage(unit="gpu_s"), Usage(device_class="h100")], ids=["another unit", "another class"]
)
def test_units_never_mix(other: Usage) -> None:
    """Seconds of unlike devices are never added, and the error names both."""
    with pytest.raises(ValueError, match=f"{other.unit} on {other.device_class} to cpu_slot_s on cpu"):
        Usage() + other
