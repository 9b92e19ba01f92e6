"""What a lease costs."""

import pytest
from hypothesis import strategies as st

from arena.devices.discover import cpu_slots
from arena.devices.interface import Absent, MeterReason, Why
from arena.devices.meter import LeaseMeter
from arena.devices.sample import Sampler
from tests.unit.devices.gpus import MIB, FakeReader, StillClock, gpu

SECONDS = st.floats(0, 1e6)


@pytest.fixture
def clock() -> StillClock:
    return StillClock()


def begun(reader: FakeReader, clock: StillClock) -> Sampler:
    """A sampler whose thread never looks: the test polls."""
    sampler = Sampler(reader, clock=clock, cpu_clock=lambda: 0.0)
    sampler.start = sampler.begin  # type: ignore[method-assign]
    return sampler


def test_sleeping_while_holding_is_charged(clock: StillClock) -> None:
    meter = LeaseMeter(cpu_slots(1, 1), clock=clock)
    meter.start()
    clock.now += 12.5
    usage = meter.stop()
    assert (usage.unit, usage.device_class, usage.leased_s) == ("cpu_slot_s", "cpu", 12.5)


def test_a_lease_costs_its_seconds_times_its_devices(clock: StillClock) -> None:
    meter = LeaseMeter([gpu("GPU-a"), gpu("GPU-b")], clock=clock)
    meter.start()
    clock.now += 10
    assert meter.elapsed() == 20
    usage = meter.stop()
    assert (usage.unit, usage.device_class, usage.leased_s) == ("gpu_s", "nvidia-h100-80gb-hbm3", 20)


def test_nothing_before_the_start_or_after_the_end_counts(clock: StillClock) -> None:
    meter = LeaseMeter(cpu_slots(1, 1), clock=clock)
    clock.now += 5
    assert meter.elapsed() == 0
    meter.start()
    clock.now += 1
    first = meter.stop()
    clock.now += 100
    assert meter.elapsed() == 1
    assert meter.stop() == first


def test_a_lease_is_measured_once(clock: StillClock) -> None:
    meter = LeaseMeter(cpu_slots(1, 1), clock=clock)
    with pytest.raises(RuntimeError, match="never started"):
        meter.stop()
    meter.start()
    with pytest.raises(RuntimeError, match="already"):
        meter.start()


def test_devices_of_two_classes_are_no_lease() -> None:
    """Their seconds could not be added."""
    with pytest.raises(ValueError, match="not of 2"):
        LeaseMeter([gpu(), *cpu_slots(1, 1)])
    with pytest.raises(ValueError, match="not of 0"):
        LeaseMeter([])


def test_memory_that_was_there_before_is_not_the_attempt_s(clock: StillClock) -> None:
    reader = FakeReader(memory=600 * MIB)
    sampler = begun(reader, clock)
    meter = LeaseMeter([gpu()], samplers=[sampler], gpu_memory_bytes=100 * MIB, clock=clock)
    meter.start()
    assert meter.exceeded() is None
    reader.memory = 700 * MIB
    sampler.poll()
    assert meter.exceeded() is None
    reader.memory = 700 * MIB + 1
    sampler.poll()
    assert meter.exceeded() is MeterReason.GPU_MEMORY


def test_memory_that_is_not_told_is_no_reason_to_end(clock: StillClock) -> None:
    """The advisory figures say that nobody could have held the attempt to its limit."""
    sampler = begun(FakeReader(memory=Absent(Why.NOT_TOLD)), clock)
    meter = LeaseMeter([gpu()], samplers=[sampler], gpu_memory_bytes=1, clock=clock)
    meter.start()
    sampler.poll()
    assert meter.exceeded() is None
    assert meter.stop().advisory["GPU-a"]["missing"]["peak_memory_bytes"] == "the driver gives no number"


def test_a_lost_gpu_comes_before_the_submission_s_own_fault(clock: StillClock) -> None:
    greedy, lost = FakeReader(memory=0), FakeReader(device="GPU-b")
    samplers = [begun(greedy, clock), begun(lost, clock)]
    meter = LeaseMeter([gpu(), gpu("GPU-b")], samplers=samplers, gpu_memory_bytes=1, clock=clock)
    meter.start()
    greedy.memory, lost.lost = 2, "gone"
    for sampler in samplers:
        sampler.poll()
    assert meter.exceeded() is MeterReason.DEVICE_LOST
    assert meter.stop().advisory["GPU-b"]["lost"] == "gone"


def test_a_driver_that_is_silent_for_a_minute_has_lost_its_gpu(clock: StillClock) -> None:
    sampler = begun(FakeReader(), clock)
    sampler.silent_s = lambda: 61.0  # type: ignore[method-assign]
    meter = LeaseMeter([gpu()], samplers=[sampler], clock=clock)
    meter.start()
    assert meter.exceeded() is MeterReason.DEVICE_LOST
