"""The sampler, with a clock that stands still and a GPU that is told what to say."""

import threading
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arena.devices.interface import Absent, DeviceLostError, ProcessMemory, ProcessSample, Sample, Why
from arena.devices.sample import Advisory, Sampler, rest_after
from tests.unit.devices.gpus import MIB, NONE_YET, FakeReader, StillClock

REFUSED = Absent(Why.NO_PERMISSION)


@pytest.fixture
def reader() -> FakeReader:
    return FakeReader(memory=500 * MIB, energy=1_000)


@pytest.fixture
def clock() -> StillClock:
    return StillClock()


@pytest.fixture
def sampler(reader: FakeReader, clock: StillClock) -> Sampler:
    """Begun, without a thread: a test polls."""
    made = Sampler(reader, clock=clock, cpu_clock=lambda: 0.0)
    made.begin()
    return made


def ended(sampler: Sampler, clock: StillClock, *, after: float = 1.0) -> Advisory:
    """What is known after so many seconds."""
    clock.now += after
    return sampler.stop()


def test_memory_is_looked_at_in_each_round(sampler: Sampler, reader: FakeReader, clock: StillClock) -> None:
    """A peak between two seconds is seen, and the baseline is what was there before."""
    for used in (800, 9000, 700):
        reader.memory = used * MIB
        clock.now += 0.05
        sampler.poll()
    assert sampler.memory_bytes == 200 * MIB
    figures = ended(sampler, clock)
    assert figures.peak_memory_bytes == 9000 * MIB
    assert figures.baseline_memory_bytes == 500 * MIB


def test_everything_else_is_asked_each_second(sampler: Sampler, reader: FakeReader, clock: StillClock) -> None:
    before = reader.asked
    clock.now += 0.5
    sampler.poll()
    assert reader.asked - before == 1
    clock.now += 0.5
    sampler.poll()
    assert reader.asked - before > 2


def test_energy_is_the_counter_s_difference(sampler: Sampler, reader: FakeReader, clock: StillClock) -> None:
    reader.energy = 31_500
    assert ended(sampler, clock).energy_j == 30.5


def test_energy_is_unknown_after_the_driver_was_loaded_anew(
    sampler: Sampler, reader: FakeReader, clock: StillClock
) -> None:
    reader.energy = 3
    figures = ended(sampler, clock)
    assert figures.energy_j is None
    assert figures.missing["energy_j"] == "the driver was loaded anew meanwhile"


def test_samples_of_the_time_before_do_not_count(clock: StillClock) -> None:
    reader = FakeReader(buffer=[Sample(7_000_000, 100)])
    sampler = Sampler(reader, clock=clock, cpu_clock=lambda: 0.0)
    sampler.begin()
    reader.buffer = [Sample(7_000_000, 100), Sample(7_250_000, 100)]
    assert ended(sampler, clock).busy_s == 0.25


def test_busy_time_is_not_more_than_the_lease(sampler: Sampler, reader: FakeReader, clock: StillClock) -> None:
    """The first and last sample may reach beyond it."""
    reader.buffer = [Sample(7_000_000 + step * 1_000_000, 100) for step in range(4)]
    assert ended(sampler, clock, after=2.5).busy_s == 2.5


def test_rates_count_where_there_are_no_samples(sampler: Sampler, reader: FakeReader, clock: StillClock) -> None:
    reader.buffer, reader.percent = Absent(Why.NOT_SUPPORTED), 50
    assert ended(sampler, clock, after=4).busy_s == 2.0


def test_figures_that_are_refused_say_so(reader: FakeReader, clock: StillClock) -> None:
    reader.memory = reader.buffer = reader.percent = reader.process_buffer = reader.running = reader.energy = REFUSED
    sampler = Sampler(reader, clock=clock, cpu_clock=lambda: 0.0)
    sampler.begin()
    figures = ended(sampler, clock)
    assert sampler.memory_bytes is None
    assert set(figures.missing) == {*("baseline_memory_bytes", "peak_memory_bytes", "energy_j", "busy_s", "processes")}
    assert set(figures.to_json()) == {"device", "missing", "polls", "sampler_cpu_s"}


def test_a_figure_that_was_refused_once_is_not_missing(sampler: Sampler, reader: FakeReader, clock: StillClock) -> None:
    reader.buffer = reader.percent = reader.running = REFUSED
    clock.now += 1
    sampler.poll()
    assert {"busy_s", "processes"} <= set(sampler.figures().missing)
    reader.buffer, reader.percent, reader.running = NONE_YET, 0, ()
    figures = ended(sampler, clock)
    assert figures.busy_s == 0
    assert not figures.missing


def test_a_figure_that_was_told_once_is_not_missing(sampler: Sampler, reader: FakeReader, clock: StillClock) -> None:
    reader.energy, reader.running = 2_000, [ProcessMemory(10, MIB)]
    clock.now += 1
    sampler.poll()
    reader.memory = reader.energy = reader.running = REFUSED
    figures = ended(sampler, clock)
    assert (figures.energy_j, figures.peak_memory_bytes) == (1.0, 500 * MIB)
    assert not figures.missing


def test_processes_have_peaks_of_their_own(sampler: Sampler, reader: FakeReader, clock: StillClock) -> None:
    """One whose memory the driver does not tell is still named."""
    stages: Sequence[Sequence[ProcessMemory]] = (
        [ProcessMemory(10, 5 * MIB), ProcessMemory(11, None)],
        [ProcessMemory(10, 9 * MIB)],
        [ProcessMemory(10, 1 * MIB)],
    )
    for stage in stages:
        reader.running = stage
        clock.now += 1
        sampler.poll()
    found = {each.pid: each.peak_memory_bytes for each in ended(sampler, clock).processes}
    assert found == {10: 9 * MIB, 11: None}


def test_busy_time_by_process(sampler: Sampler, reader: FakeReader, clock: StillClock) -> None:
    reader.process_buffer = [ProcessSample(10, 7_000_000, 40), ProcessSample(11, 7_000_000, 20)]
    clock.now += 1
    sampler.poll()
    reader.process_buffer = [ProcessSample(10, 8_000_000, 40)]
    found = {each.pid: each.busy_s for each in ended(sampler, clock).processes}
    assert found == {10: pytest.approx(0.8), 11: pytest.approx(0.2)}


def test_many_processes_do_not_fill_the_memory(sampler: Sampler, reader: FakeReader, clock: StillClock) -> None:
    """A submission that forks without end does not make its record long without end."""
    reader.running = [ProcessMemory(pid, 1) for pid in range(1000)]
    assert len(ended(sampler, clock).processes) == 64


def test_a_lost_gpu_is_one_event_and_is_asked_nothing_more(reader: FakeReader, clock: StillClock) -> None:
    events: list[DeviceLostError] = []
    sampler = Sampler(reader, clock=clock, cpu_clock=lambda: 0.0, on_lost=events.append)
    sampler.begin()
    reader.lost = "fell off the bus"
    sampler.poll()
    asked = reader.asked
    sampler.poll()
    figures = ended(sampler, clock)
    assert reader.asked == asked
    assert [event.reason for event in events] == ["fell off the bus"]
    assert figures.lost == "fell off the bus"
    assert figures.baseline_memory_bytes == 500 * MIB


def test_a_gpu_that_is_lost_at_the_start_is_told_alike(clock: StillClock) -> None:
    sampler = Sampler(FakeReader(lost="gone"), clock=clock, cpu_clock=lambda: 0.0)
    sampler.begin()
    assert sampler.lost is not None
    assert ended(sampler, clock).lost == "gone"


def test_stopping_twice_changes_nothing(sampler: Sampler, reader: FakeReader, clock: StillClock) -> None:
    first = ended(sampler, clock)
    reader.memory = 2**40
    clock.now += 10
    assert sampler.stop() == first


@given(st.floats(0, 100))
def test_it_costs_less_than_a_hundredth_of_a_core(cost_s: float) -> None:
    """However dear a driver is to ask: the share is that of the cost in the time from one round to the next."""
    assert cost_s / (cost_s + rest_after(cost_s)) < 0.01


def test_its_own_cost_is_known(reader: FakeReader, clock: StillClock) -> None:
    ticks = iter(range(100))
    sampler = Sampler(reader, clock=clock, cpu_clock=lambda: float(next(ticks)))
    sampler.begin()
    sampler.poll()
    assert ended(sampler, clock).sampler_cpu_s == 3.0
    assert sampler.figures().polls == 3


def test_the_thread_ends_with_a_lost_gpu(reader: FakeReader) -> None:
    """The thread asks by itself, tells of the loss, and is gone."""
    told = threading.Event()
    sampler = Sampler(reader, on_lost=lambda _: told.set())
    sampler.start()
    reader.lost = "gone"
    assert told.wait(30)
    assert sampler.stop().lost == "gone"


class StuckReader(FakeReader):
    """A driver that stops answering until it is let go."""

    def __init__(self) -> None:
        super().__init__()
        self.stuck, self.go = threading.Event(), threading.Event()

    def used_memory(self) -> int | Absent:
        """Answer the first time only."""
        if self.asked:
            self.stuck.set()
            self.go.wait(60)
        return super().used_memory()


def test_a_driver_that_does_not_answer_does_not_hold_up_the_grader(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("arena.devices.sample._PATIENCE_S", 0.05)
    reader, clock = StuckReader(), StillClock()
    sampler = Sampler(reader, clock=clock)
    sampler.start()
    assert reader.stuck.wait(30)
    clock.now += 61
    assert sampler.silent_s() >= 61
    try:
        assert sampler.stop().lost == "the driver does not answer"
    finally:
        reader.go.set()
