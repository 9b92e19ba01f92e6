"""What is asked of a GPU's driver, and what may come back.

A figure is either its value or an ``Absent`` that says why there is none: figures are advisory, and a missing one ends
nothing. Only a GPU that is gone is an error. Tests give fakes of ``Driver`` and ``Reader``; ``arena.devices.nvml`` asks
NVIDIA's.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Protocol

from arena.devices.slices import Slice
from arena.errors import AttemptFailedError, InfrastructureError


class NoGpuError(InfrastructureError):
    """There is no way to any GPU; ``reason`` says why."""

    def __init__(self, reason: str) -> None:
        super().__init__("device.no_gpu", reason=reason)
        self.reason = reason


class NoDeviceError(InfrastructureError):
    """This machine has no device of a kind that could be leased as it is now, however long one waits."""


class DeviceLostError(AttemptFailedError):
    """A GPU has fallen off the bus or needs a reset: nothing can run on it, and nothing of it can be read."""

    def __init__(self, device: str, reason: str) -> None:
        super().__init__("device.lost", device=device, reason=reason)
        self.device = device
        self.reason = reason


class MeterReason(Enum):
    """Why an attempt must end."""

    GPU_MEMORY = "gpu_memory"
    DEVICE_LOST = "device_lost"


class Why(Enum):
    """Why a figure is missing."""

    NOT_SUPPORTED = "this device does not measure it"
    NO_PERMISSION = "the driver does not tell it to this account"
    NOTHING_YET = "the driver has no sample of it"
    NOT_TOLD = "the driver gives no number"
    OLD_LIBRARY = "the driver's library is too old for it"
    FAILED = "the driver failed"


@dataclass(frozen=True, slots=True)
class Absent:
    """No figure. ``detail`` is the driver's own word where ``why`` does not say all."""

    why: Why
    detail: str = ""

    def __str__(self) -> str:
        return f"{self.why.value}: {self.detail}" if self.detail else self.why.value


@dataclass(frozen=True, slots=True)
class Sample:
    """Share of a period, in percent, that a kernel ran. The period ended at ``at_us``, on the driver's own clock."""

    at_us: int
    percent: int


@dataclass(frozen=True, slots=True)
class ProcessSample:
    """As ``Sample``, of one process. ``pid`` is the host's."""

    pid: int
    at_us: int
    percent: int


@dataclass(frozen=True, slots=True)
class ProcessMemory:
    """Device memory of one process; ``None`` where the driver does not account for it. ``pid`` is the host's."""

    pid: int
    memory_bytes: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class GpuFacts:
    """A GPU as the driver describes it. ``slices`` is ``None`` unless MIG is on."""

    uuid: str
    index: int
    minor: int | None
    name: str
    memory_bytes: int
    slices: tuple[Slice, ...] | None


class Reader(Protocol):
    """Figures of one GPU or MIG slice.

    Every method raises ``DeviceLostError`` if the GPU is gone, and nothing else.
    """

    @property
    def device(self) -> str:
        """The uuid."""

    def used_memory(self) -> int | Absent:
        """Bytes in use by everyone, with what the driver keeps for itself."""

    def samples(self, since_us: int) -> Sequence[Sample] | Absent:
        """What the driver's buffer holds after ``since_us``, oldest first; 0 means all. Never empty."""

    def busy_percent(self) -> int | Absent:
        """Share of the last period (1/6 s to 1 s by product) that a kernel ran."""

    def process_samples(self, since_us: int) -> Sequence[ProcessSample] | Absent:
        """As ``samples``, by process, in no order. Never empty."""

    def processes(self) -> Sequence[ProcessMemory] | Absent:
        """Processes with a compute context; empty if there is none."""

    def energy_millijoules(self) -> int | Absent:
        """Energy since the driver was loaded, of the whole GPU."""

    def clocks_mhz(self) -> tuple[int, int] | Absent:
        """Clock of the multiprocessors and of the memory, now."""


class Driver(Protocol):
    """The way to all GPUs of this machine."""

    @property
    def version(self) -> str:
        """The driver's version, ``unknown`` where it does not tell."""

    def count(self) -> int:
        """How many GPUs there are. Raises ``NoGpuError``."""

    def facts(self, index: int) -> GpuFacts:
        """Describe one. Raises ``DeviceLostError``, also of one that has no uuid to lease it by."""

    def reader(self, uuid: str) -> Reader:
        """Figures of a GPU or slice. Raises ``DeviceLostError`` if it is not there."""

    def close(self) -> None:
        """Let go of the library."""
