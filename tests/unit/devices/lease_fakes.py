"""A machine's processes, pretended, and devices to lease."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from arena.devices.alive import Identity, Processes, identify
from arena.model.device import Device, DeviceKind

# What is in memory is as safe from a killed process as a disk, and these tests cut no power.
_MEMORY = Path("/dev/shm")


def slot(number: int) -> Device:
    """A device that needs nothing."""
    return Device(
        id=f"cpu-slot-{number}",
        kind=DeviceKind.CPU_SLOT,
        name="slot",
        index=number,
        minor=None,
        memory_bytes=0,
        mig_profile=None,
        device_class="cpu",
    )


@contextmanager
def quick_folder() -> Iterator[Path]:
    """A folder of the test's own, in memory where there is such a place."""
    with tempfile.TemporaryDirectory(dir=_MEMORY if _MEMORY.is_dir() else None) as folder:
        yield Path(folder)


@dataclass(slots=True)
class FakeProcesses:
    """``Processes`` that live and die by hand. The lowest free number is given out, so numbers are used again soon."""

    boot: str | None = "boot 1"
    living: dict[int, int] = field(default_factory=dict)
    groups: dict[str, int | None] = field(default_factory=dict)
    hidden: set[int] = field(default_factory=set)
    ticks: int = 100

    def place(self) -> str | None:
        """See ``Processes``."""
        return self.boot

    def started(self, pid: int) -> int | None:
        """See ``Processes``."""
        return -1 if pid in self.hidden else self.living.get(pid)

    def members(self, group: str) -> int | None:
        """See ``Processes``."""
        return self.groups.get(group, 0)

    def start(self) -> Identity:
        """A new process."""
        self.ticks += 1
        pid = next(number for number in range(2, 10_000) if number not in self.living)
        self.living[pid] = self.ticks
        return identify(self, [pid])

    def lives(self, identity: Identity) -> bool:
        """The truth, wherever it is asked from."""
        return any(self.living.get(pid) == started for pid, started in identity.processes)

    def kill(self, identity: Identity) -> None:
        """End it, if it lives."""
        for pid, started in identity.processes:
            if self.living.get(pid) == started:
                del self.living[pid]

    def reboot(self) -> None:
        """End everything."""
        self.living.clear()
        self.boot = f"boot {int((self.boot or '0').split()[-1]) + 1}"


def checked(fake: FakeProcesses) -> Processes:
    """Mypy holds the fake against the seam."""
    return fake
