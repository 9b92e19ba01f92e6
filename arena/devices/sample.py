"""Advisory figures of one leased GPU: busy seconds, peak memory, energy, and by process what the driver tells.

Theory of operation. A thread asks the driver for the memory in use at short intervals, for everything else each second,
and rests for at least a hundred times the processor time that asking took: the sampler costs less than 1 % of a core
whatever the driver costs. Nothing here is charged. Which figures are missing, and why, is part of the result. A GPU
that is lost ends the sampling and is an event: who runs the attempt is told at once. A driver can also stop answering;
the thread is then left behind, and the GPU counts as lost.
"""

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from arena.devices.interface import Absent, DeviceLostError, ProcessMemory, ProcessSample, Reader, Sample
from arena.devices.tally import BusyTime, energy_joules, peak

_MEMORY_EVERY_S = 0.05
_FIGURES_EVERY_S = 1.0
# Rest this many times the processor time of asking: less than 1 % of a core.
_REST = 100
_REWOUND = "the driver was loaded anew meanwhile"
_SILENT = "the driver does not answer"
_PATIENCE_S = 10.0
_MOST_PROCESSES = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessFigures:
    """One process on the device, by the host's process id; ``None`` where the driver does not tell."""

    pid: int
    peak_memory_bytes: int | None = None
    busy_s: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Advisory:
    """What one device did while it was leased. ``missing`` maps the name of a figure that is ``None`` to why.

    ``peak_memory_bytes`` is of the whole device, with ``baseline_memory_bytes`` that was in use before; shorter peaks
    than the interval of sampling are not seen. ``energy_j`` is of the whole GPU. ``lost`` says how the GPU was lost.
    ``sampler_cpu_s`` is what the sampling itself cost.
    """

    device: str
    busy_s: float | None = None
    baseline_memory_bytes: int | None = None
    peak_memory_bytes: int | None = None
    energy_j: float | None = None
    processes: tuple[ProcessFigures, ...] = ()
    missing: Mapping[str, str] = field(default_factory=dict)
    lost: str | None = None
    polls: int = 0
    sampler_cpu_s: float = 0.0

    def to_json(self) -> dict[str, Any]:
        """For records: what is known, and why the rest is not."""
        return {name: value for name, value in asdict(self).items() if value not in (None, {}, ())}


def rest_after(cost_s: float) -> float:
    """Seconds until the next round, after one that took ``cost_s`` seconds of the processor."""
    return max(_MEMORY_EVERY_S, _REST * cost_s)


class Sampler:
    """Samples one device from ``start`` to ``stop``. ``poll`` is one round of it; tests call it themselves."""

    def __init__(
        self,
        reader: Reader,
        *,
        clock: Callable[[], float] = time.monotonic,
        cpu_clock: Callable[[], float] = time.thread_time,
        on_lost: Callable[[DeviceLostError], None] = lambda _: None,
    ) -> None:
        self._reader, self._clock, self._cpu_clock, self._on_lost = reader, clock, cpu_clock, on_lost
        self._lock = threading.Lock()
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"sample {reader.device}", daemon=True)
        self._busy = BusyTime()
        self._busy_known = False
        self._began = self._asked_at = 0.0
        self._asking_since: float | None = None
        self._baseline: int | None = None
        self._memory: int | None = None
        self._peak: int | None = None
        self._energy_first: int | None = None
        self._energy: float | None = None
        self._process_memory: dict[int, int | None] = {}
        self._process_busy: dict[int, BusyTime] = {}
        self._process_newest = 0
        self._missing: dict[str, str] = {}
        self._lost: DeviceLostError | None = None
        self._polls = 0
        self._cost = 0.0

    @property
    def lost(self) -> DeviceLostError | None:
        """How the GPU was lost; ``None`` while it is there."""
        return self._lost

    @property
    def memory_bytes(self) -> int | None:
        """Bytes in use at the last look beyond those before the lease; ``None`` if the driver does not tell."""
        return None if self._memory is None else max(0, self._memory - (self._baseline or 0))

    def silent_s(self) -> float:
        """For how long the driver has not answered what it was asked; 0 while nothing is asked of it."""
        since = self._asking_since
        return 0.0 if since is None else self._clock() - since

    def start(self) -> None:
        """Take the state before, then sample in a thread of its own."""
        self.begin()
        self._thread.start()

    def begin(self) -> None:
        """Take the state before. A GPU that is lost already is told as one that is lost later."""
        self._guarded(self._first)

    def poll(self) -> None:
        """One round; everything but memory is asked each second only."""
        self._guarded(self._look)

    def stop(self) -> Advisory:
        """End the thread, look a last time, and return what is known. Calling it again changes nothing."""
        if not self._end.is_set():
            self._end.set()
            if self._thread.is_alive():
                self._thread.join(_PATIENCE_S)
            if not self._thread.is_alive():
                self._guarded(lambda: self._look(last=True))
        if self._thread.is_alive():
            # It holds what it was adding up; what it would say is not to be had.
            return Advisory(device=self._reader.device, missing={"all": _SILENT}, lost=_SILENT)
        return self.figures()

    def figures(self) -> Advisory:
        """What is known by now."""
        with self._lock:
            known = Advisory(
                device=self._reader.device,
                busy_s=self._busy_seconds(),
                baseline_memory_bytes=self._baseline,
                peak_memory_bytes=self._peak,
                energy_j=self._energy,
                processes=self._by_process(),
                lost=self._lost.reason if self._lost else None,
                polls=self._polls,
                sampler_cpu_s=round(self._cost, 6),
            )
            # A figure that was refused at times is not missing.
            return replace(
                known, missing={n: why for n, why in self._missing.items() if getattr(known, n) in {None, ()}}
            )

    def _run(self) -> None:
        rest = rest_after(0.0)
        while not self._end.wait(rest) and self._lost is None:
            before = self._cost
            self.poll()
            rest = rest_after(self._cost - before)

    def _guarded(self, action: Callable[[], None]) -> None:
        """Do one round, unless the GPU is gone; count what it cost."""
        if self._lost is not None:
            return
        started = self._cpu_clock()
        self._asking_since = self._clock()
        try:
            with self._lock:
                action()
        except DeviceLostError as error:
            self._lost = error
            self._on_lost(error)
        finally:
            self._asking_since = None
            self._polls += 1
            self._cost += self._cpu_clock() - started

    def _first(self) -> None:
        self._began = self._asked_at = self._clock()
        self._baseline = self._memory = self._peak = self._known("baseline_memory_bytes", self._reader.used_memory())
        self._energy_first = self._known("energy_j", self._reader.energy_millijoules())
        before = self._reader.samples(0)
        if not isinstance(before, Absent):
            self._busy.skip(before)
        earlier = self._reader.process_samples(0)
        if not isinstance(earlier, Absent):
            self._process_newest = max(sample.at_us for sample in earlier)

    def _look(self, *, last: bool = False) -> None:
        self._use_memory()
        elapsed = self._clock() - self._asked_at
        if elapsed < _FIGURES_EVERY_S and not last:
            return
        self._asked_at += elapsed
        self._use_busy(elapsed)
        self._use_energy()
        self._use_processes(elapsed)

    def _use_memory(self) -> None:
        self._memory = self._known("peak_memory_bytes", self._reader.used_memory())
        self._peak = peak(self._peak, self._memory)

    def _use_busy(self, elapsed: float) -> None:
        samples = self._reader.samples(self._busy.newest_us)
        if isinstance(samples, Absent):
            self._use_rate(elapsed)
        else:
            self._busy.add(samples, most_s=elapsed)
            self._busy_known = True

    def _use_rate(self, elapsed: float) -> None:
        # An idle GPU has no samples; the rate says that it was idle, and serves where samples are not supported.
        percent = self._known("busy_s", self._reader.busy_percent())
        if percent is not None:
            self._busy.add_share(percent, elapsed)
            self._busy_known = True

    def _busy_seconds(self) -> float | None:
        # The first and last sample may reach beyond the lease.
        return round(min(self._busy.seconds, self._asked_at - self._began), 6) if self._busy_known else None

    def _use_energy(self) -> None:
        now = self._known("energy_j", self._reader.energy_millijoules())
        if now is not None and self._energy_first is not None:
            self._energy = energy_joules(self._energy_first, now)
            if self._energy is None:
                self._missing["energy_j"] = _REWOUND

    def _use_processes(self, elapsed: float) -> None:
        running = self._reader.processes()
        samples = self._reader.process_samples(self._process_newest)
        if isinstance(running, Absent):
            self._missing["processes"] = str(running)
        else:
            self._count_memory(running)
        if not isinstance(samples, Absent):
            self._count_busy(samples, elapsed)

    def _count_memory(self, running: Sequence[ProcessMemory]) -> None:
        self._missing.pop("processes", None)
        for process in running:
            if process.pid in self._process_memory or len(self._process_memory) < _MOST_PROCESSES:
                seen = peak(self._process_memory.get(process.pid), process.memory_bytes)
                self._process_memory[process.pid] = seen

    def _count_busy(self, samples: Sequence[ProcessSample], elapsed: float) -> None:
        for sample in samples:
            if sample.pid in self._process_busy or len(self._process_busy) < _MOST_PROCESSES:
                busy = self._process_busy.setdefault(sample.pid, BusyTime(self._process_newest))
                busy.add([Sample(sample.at_us, sample.percent)], most_s=elapsed)
        self._process_newest = max(sample.at_us for sample in samples)

    def _by_process(self) -> tuple[ProcessFigures, ...]:
        return tuple(
            ProcessFigures(
                pid=pid,
                peak_memory_bytes=self._process_memory.get(pid),
                busy_s=round(self._process_busy[pid].seconds, 6) if pid in self._process_busy else None,
            )
            for pid in sorted({*self._process_memory, *self._process_busy})
        )

    def _known(self, name: str, value: int | Absent) -> int | None:
        if isinstance(value, Absent):
            self._missing[name] = str(value)
            return None
        self._missing.pop(name, None)
        return value
