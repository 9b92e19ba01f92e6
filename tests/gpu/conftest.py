"""A real GPU, or a skip that says why there is none; and what was measured on it, kept for the reference page."""

import contextlib
import importlib.util
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from arena.devices.discover import discover
from arena.devices.meter import LeaseMeter
from arena.devices.nvml import Nvml
from arena.devices.occupancy import Occupancy
from arena.devices.sample import Sampler
from arena.model.device import Device, DeviceKind

_WORKLOADS = Path(__file__).with_name("programs") / "workloads.py"
RESULTS = "ARENA_GPU_RESULTS"


@pytest.fixture(scope="session")
def gpu() -> Device:
    """The first GPU or slice that is idle; whatever else runs on it would be measured, too."""
    inventory = discover()
    found = next((device for device in inventory.devices if device.kind is DeviceKind.GPU), None)
    if found is None:
        pytest.skip(f"NO GPU: nothing of this suite ran, because {inventory.no_gpu}")
    if importlib.util.find_spec("torch") is None:
        pytest.skip("NO TORCH: nothing of this suite ran; install arena[runtime] with a build for CUDA")
    with contextlib.closing(Nvml.open()) as driver:
        if not Occupancy(driver.reader(found.id)).is_empty():
            pytest.skip(f"BUSY GPU: nothing of this suite ran, because something runs on {found.id}")
    asked = subprocess.run(
        [sys.executable, "-c", "import torch; print(torch.cuda.is_available())"],
        env=_on(found),
        capture_output=True,
        text=True,
        check=False,
    )
    if asked.stdout.strip() != "True":
        pytest.skip("NO CUDA: nothing of this suite ran, because this torch cannot use the GPU")
    return found


@pytest.fixture
def driver() -> Iterator[Nvml]:
    """The driver, open."""
    with contextlib.closing(Nvml.open()) as opened:
        yield opened


def _on(device: Device) -> dict[str, str]:
    return {**os.environ, "CUDA_VISIBLE_DEVICES": device.id}


@dataclass(frozen=True, slots=True)
class Running:
    """A workload that has begun, and the meter of its lease."""

    process: "subprocess.Popen[str]"
    meter: LeaseMeter
    occupancy: Occupancy

    def kill(self) -> None:
        """End the whole tree, as the budget does."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def until_empty(self, seconds: float = 60) -> float | None:
        """Seconds until no process is on the device; ``None`` if that takes longer."""
        begun = time.monotonic()
        while time.monotonic() - begun < seconds:
            if self.occupancy.is_empty():
                return time.monotonic() - begun
            time.sleep(0.02)
        return None


@pytest.fixture
def start(gpu: Device, driver: Nvml) -> Iterator[Callable[..., Running]]:
    """Start a workload under a meter, and wait until it has begun; its tree is dead after the test."""
    started: list[Running] = []

    def starter(name: str, seconds: float = 0, *, ready: int = 1, cap: int | None = None) -> Running:
        reader = driver.reader(gpu.id)
        meter = LeaseMeter([gpu], samplers=[Sampler(reader)], gpu_memory_bytes=cap)
        meter.start()
        process = subprocess.Popen(
            [sys.executable, str(_WORKLOADS), name, str(seconds)],
            env=_on(gpu),
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        started.append(Running(process, meter, Occupancy(reader)))
        assert process.stdout is not None
        assert [process.stdout.readline() for _ in range(ready)] == ["ready\n"] * ready
        return started[-1]

    yield starter
    for running in started:
        running.kill()
        running.meter.stop()
        with running.process:
            pass


@pytest.fixture
def note(request: pytest.FixtureRequest, gpu: Device, driver: Nvml) -> Callable[..., None]:
    """Keep a test's figures in the file that ARENA_GPU_RESULTS names, for tools/gpu_report.py."""

    def keep(**figures: Any) -> None:
        line = {
            "test": request.node.name,
            "device": gpu.name,
            "driver": driver.version,
            "at": datetime.now(UTC).isoformat(timespec="seconds"),
            "figures": figures,
        }
        print(json.dumps(line))  # noqa: T201
        if os.environ.get(RESULTS):
            with Path(os.environ[RESULTS]).open("a", encoding="utf-8") as file:
                file.write(json.dumps(line) + "\n")

    return keep
