"""Asks a driver's library what it is told on standard input, a command a line, and prints JSON, an answer a line.

Run in a process of its own: which library is loaded is decided once, by LD_LIBRARY_PATH.
"""

import json
import sys
from dataclasses import asdict
from typing import Any

from arena.devices.discover import discover
from arena.devices.interface import Absent, DeviceLostError, Driver, NoGpuError, Reader
from arena.devices.meter import LeaseMeter
from arena.devices.nvml import Nvml
from arena.devices.sample import Sampler
from arena.model.device import Device


class Asked:
    """What the commands work on. The clock stands still until ``at`` moves it."""

    def __init__(self) -> None:
        self.now = 0.0
        self.events: list[str] = []
        self.driver: Driver | None = None
        self.sampler: Sampler | None = None
        self.meter: LeaseMeter | None = None

    def _reader(self, uuid: str) -> Reader:
        self.driver = self.driver or Nvml.open()
        return self.driver.reader(uuid)

    def _sampler(self, uuid: str) -> Sampler:
        return Sampler(
            self._reader(uuid), clock=lambda: self.now, on_lost=lambda error: self.events.append(error.reason)
        )

    def discover(self) -> Any:
        """The whole inventory."""
        found = discover(slots=1, cores=lambda: 1)
        return {**asdict(found), "devices": [_device(device) for device in found.devices]}

    def read(self, uuid: str) -> Any:
        """Each figure of one device, or why there is none."""
        reader = self._reader(uuid)
        asked = {
            "used_memory": reader.used_memory,
            "samples": lambda: reader.samples(0),
            "busy_percent": reader.busy_percent,
            "process_samples": lambda: reader.process_samples(0),
            "processes": reader.processes,
            "energy_millijoules": reader.energy_millijoules,
            "clocks_mhz": reader.clocks_mhz,
        }
        return {name: _plain(figure()) for name, figure in asked.items()}

    def begin(self, uuid: str) -> Any:
        """Begin to sample by hand."""
        self.sampler = self._sampler(uuid)
        self.sampler.begin()

    def at(self, seconds: str) -> Any:
        """Move the clock and sample once."""
        assert self.sampler is not None
        self.now = float(seconds)
        self.sampler.poll()

    def stop(self) -> Any:
        """What was sampled, and the events."""
        assert self.sampler is not None
        return {**self.sampler.stop().to_json(), "events": self.events}

    def lease(self, uuid: str, cap: str) -> Any:
        """Meter a lease of one GPU with a sampler's own thread."""
        (device,) = (each for each in discover(slots=1).devices if each.id == uuid)
        self.meter = LeaseMeter([device], samplers=[Sampler(self._reader(uuid))], gpu_memory_bytes=int(cap))
        self.meter.start()

    def watch(self, seconds: str) -> Any:
        """Wait for a reason to end, for so long at most."""
        assert self.meter is not None
        import time

        end = time.monotonic() + float(seconds)
        while self.meter.exceeded() is None and time.monotonic() < end:
            time.sleep(0.01)
        reason = self.meter.exceeded()
        return reason.value if reason else None

    def settle(self) -> Any:
        """What the lease used."""
        assert self.meter is not None
        return asdict(self.meter.stop())


def _device(device: Device) -> dict[str, Any]:
    return {**asdict(device), "kind": device.kind.value}


def _plain(value: Any) -> Any:
    if isinstance(value, Absent):
        return {"absent": value.why.name, "text": str(value)}
    return [asdict(each) for each in value] if isinstance(value, list) else value


def main() -> None:
    """Answer until there is no more to answer."""
    asked = Asked()
    for line in sys.stdin:
        command, *arguments = line.split()
        try:
            answer = getattr(asked, command)(*arguments)
        except (DeviceLostError, NoGpuError) as error:
            answer = {"error": type(error).__name__, "reason": error.reason}
        print(json.dumps(answer), flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
