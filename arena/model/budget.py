"""What an attempt may spend, and what it spent. Units stand in the names."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """Limits of one attempt, or of one of its phases: seconds, bytes and counts.

    ``gpu_seconds`` and ``cpu_slot_seconds`` are leased device-seconds, the charged unit of the kind of device that the
    attempt gets; ``device_seconds`` is the one of them that is in force. ``None``: the clock alone ends it.
    ``cpu_seconds`` are core-seconds, summed over all processes.
    """

    device: str
    cpu_seconds: float
    wall_seconds: float
    gpu_seconds: float | None = None
    cpu_slot_seconds: float | None = None
    device_seconds: float | None = None
    gpu_memory_bytes: int | None = None
    memory_bytes: int
    processes: int
    disk_bytes: int
    files: int
    log_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """What one attempt used. ``unit`` is what ``charged`` counts: leased seconds of a GPU or of a CPU slot.

    ``advisory`` has the driver's figures by device, for each run of the attempt on a GPU (docs/reference/gpu.md).
    """

    charged: float = 0.0
    wall_s: float = 0.0
    cpu_s: float = 0.0
    peak_memory_bytes: int = 0
    unit: str = "cpu_slot_s"
    device_class: str = "cpu"
    advisory: tuple[Mapping[str, Any], ...] = ()

    def __add__(self, other: "Usage") -> "Usage":
        """Two runs of one attempt, one after the other (fit, then predict)."""
        if (self.unit, self.device_class) != (other.unit, other.device_class):
            raise ValueError(f"cannot add {other.unit} on {other.device_class} to {self.unit} on {self.device_class}")
        return Usage(
            charged=self.charged + other.charged,
            wall_s=self.wall_s + other.wall_s,
            cpu_s=self.cpu_s + other.cpu_s,
            peak_memory_bytes=max(self.peak_memory_bytes, other.peak_memory_bytes),
            unit=self.unit,
            device_class=self.device_class,
            advisory=(*self.advisory, *other.advisory),
        )
