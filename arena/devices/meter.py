"""What a lease costs: wall seconds times devices, by the grader's clock. Advisory figures stand beside it.

Theory of operation. The charge needs no driver and no privilege, and nothing inside the sandbox can change it: it runs
from ``start``, when the sandbox is entered, to ``stop``, when the grader sees it end. A submission that sleeps while it
holds a device is charged the sleep. Whoever waits for the sandbox asks ``exceeded`` between two looks.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from arena.devices.interface import MeterReason
from arena.devices.sample import Sampler
from arena.model.device import Device

# A driver that is asked and says nothing for so long has lost its GPU, whatever it says later.
_SILENCE_S = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceUsage:
    """What a lease used. ``leased_s`` is wall seconds times devices; ``advisory`` has each GPU's figures by its id."""

    unit: str
    device_class: str
    leased_s: float
    advisory: dict[str, dict[str, Any]] = field(default_factory=dict)


class Meter(Protocol):
    """Measures one lease."""

    def start(self) -> None:
        """The lease begins to count. Raises ``RuntimeError`` if it did before."""

    def elapsed(self) -> float:
        """Wall seconds times devices since the start, 0 before it; stays as it is from ``stop`` on."""

    def exceeded(self) -> MeterReason | None:
        """Why the attempt must end now, as far as devices are concerned; ``None`` while it may go on."""

    def stop(self) -> DeviceUsage:
        """The lease counts no more. Calling it again gives the same.

        Raises:
            RuntimeError: it was never started.
        """


class LeaseMeter:
    """``Meter`` of devices of one kind and class, with a sampler for each GPU.

    ``gpu_memory_bytes`` is the most that the attempt may use on any one of them; where the driver does not tell the
    memory in use, it cannot be held to it, and the advisory figures say so.
    """

    def __init__(
        self,
        devices: Sequence[Device],
        *,
        samplers: Sequence[Sampler] = (),
        gpu_memory_bytes: int | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        kinds = {(device.kind, device.device_class) for device in devices}
        if len(kinds) != 1:
            raise ValueError(f"a lease is of devices of one kind and class, not of {len(kinds)}")
        ((self._kind, self._class),) = kinds
        self._count = len(devices)
        self._samplers, self._cap, self._clock = tuple(samplers), gpu_memory_bytes, clock
        self._started: float | None = None
        self._usage: DeviceUsage | None = None

    def start(self) -> None:
        """See ``Meter``. What the samplers ask of the driver first is not charged."""
        if self._started is not None:
            raise RuntimeError("this lease is measured already")
        for sampler in self._samplers:
            sampler.start()
        self._started = self._clock()

    def elapsed(self) -> float:
        """See ``Meter``."""
        if self._usage is not None:
            return self._usage.leased_s
        return 0.0 if self._started is None else (self._clock() - self._started) * self._count

    def exceeded(self) -> MeterReason | None:
        """See ``Meter``. A lost GPU comes first: it is nobody's fault but ours."""
        if any(sampler.lost or sampler.silent_s() > _SILENCE_S for sampler in self._samplers):
            return MeterReason.DEVICE_LOST
        used = max((sampler.memory_bytes or 0 for sampler in self._samplers), default=0)
        return MeterReason.GPU_MEMORY if self._cap is not None and used > self._cap else None

    def stop(self) -> DeviceUsage:
        """See ``Meter``. The clock is read first: what the samplers ask last is not charged."""
        if self._started is None:
            raise RuntimeError("this lease was never started")
        if self._usage is None:
            leased = self.elapsed()
            figures = [sampler.stop() for sampler in self._samplers]
            self._usage = DeviceUsage(
                unit=self._kind.unit,
                device_class=self._class,
                leased_s=leased,
                advisory={each.device: each.to_json() for each in figures},
            )
        return self._usage
