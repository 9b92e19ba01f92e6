"""A driver and a GPU that answer as a test tells them, and a clock that stands still."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from arena.devices.interface import (
    Absent,
    DeviceLostError,
    GpuFacts,
    NoGpuError,
    ProcessMemory,
    ProcessSample,
    Sample,
    Why,
)
from arena.model.device import Device, DeviceKind, class_of

NONE_YET = Absent(Why.NOTHING_YET)
MIB = 2**20


@dataclass
class StillClock:
    """Monotonic seconds that pass only when a test says so."""

    now: float = 100.0

    def __call__(self) -> float:
        """The time."""
        return self.now


@dataclass
class FakeReader:
    """``Reader`` of one GPU. ``lost`` makes every question an error; ``asked`` counts them."""

    device: str = "GPU-a"
    memory: int | Absent = 0
    buffer: Sequence[Sample] | Absent = NONE_YET
    percent: int | Absent = 0
    process_buffer: Sequence[ProcessSample] | Absent = NONE_YET
    running: Sequence[ProcessMemory] | Absent = ()
    energy: int | Absent = 0
    lost: str | None = None
    asked: int = 0

    def _ask(self) -> None:
        self.asked += 1
        if self.lost:
            raise DeviceLostError(self.device, self.lost)

    def used_memory(self) -> int | Absent:
        """See ``Reader``."""
        self._ask()
        return self.memory

    def samples(self, since_us: int) -> Sequence[Sample] | Absent:
        """See ``Reader``."""
        self._ask()
        if isinstance(self.buffer, Absent):
            return self.buffer
        return [sample for sample in self.buffer if sample.at_us > since_us] or NONE_YET

    def busy_percent(self) -> int | Absent:
        """See ``Reader``."""
        self._ask()
        return self.percent

    def process_samples(self, since_us: int) -> Sequence[ProcessSample] | Absent:
        """See ``Reader``."""
        self._ask()
        if isinstance(self.process_buffer, Absent):
            return self.process_buffer
        return [sample for sample in self.process_buffer if sample.at_us > since_us] or NONE_YET

    def processes(self) -> Sequence[ProcessMemory] | Absent:
        """See ``Reader``."""
        self._ask()
        return self.running

    def energy_millijoules(self) -> int | Absent:
        """See ``Reader``."""
        self._ask()
        return self.energy

    def clocks_mhz(self) -> tuple[int, int] | Absent:
        """See ``Reader``."""
        self._ask()
        return (1410, 1215)


@dataclass
class FakeDriver:
    """``Driver`` of the GPUs that it is given; an error stands for a lost one. ``broken``: none can be counted."""

    gpus: Sequence[GpuFacts | DeviceLostError] = ()
    broken: str | None = None
    readers: dict[str, FakeReader] = field(default_factory=dict)
    version: str = "580.1"
    closed: int = 0

    def count(self) -> int:
        """See ``Driver``."""
        if self.broken:
            raise NoGpuError(self.broken)
        return len(self.gpus)

    def facts(self, index: int) -> GpuFacts:
        """See ``Driver``."""
        found = self.gpus[index]
        if isinstance(found, DeviceLostError):
            raise found
        return found

    def reader(self, uuid: str) -> FakeReader:
        """See ``Driver``."""
        if uuid not in self.readers:
            raise DeviceLostError(uuid, "not there")
        return self.readers[uuid]

    def close(self) -> None:
        """See ``Driver``."""
        self.closed += 1


def facts(index: int = 0, **changes: object) -> GpuFacts:
    """An H100, or what the changes make of it."""
    known = {
        "uuid": f"GPU-{'abcdef'[index]}",
        "index": index,
        "minor": index,
        "name": "NVIDIA H100 80GB HBM3",
        "memory_bytes": 80 * 1024 * MIB,
        "slices": None,
    }
    return GpuFacts(**{**known, **changes})  # type: ignore[arg-type]


def gpu(device_id: str = "GPU-a", name: str = "NVIDIA H100 80GB HBM3") -> Device:
    """A device to lease."""
    return Device(
        id=device_id,
        kind=DeviceKind.GPU,
        name=name,
        index=0,
        minor=0,
        memory_bytes=80 * 1024 * MIB,
        mig_profile=None,
        device_class=class_of(name),
    )
