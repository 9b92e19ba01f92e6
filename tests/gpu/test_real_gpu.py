"""A real GPU: what submissions do to it, and what the meter and the wait afterwards make of that."""

import time
from collections.abc import Callable

import pytest

from arena.devices.interface import MeterReason
from arena.devices.nvml import Nvml
from arena.model.device import Device
from tests.gpu.conftest import Running

pytestmark = pytest.mark.gpu
GIB = 2**30
Start = Callable[..., Running]
Note = Callable[..., None]


def until_exceeded(running: Running, seconds: float) -> MeterReason | None:
    """Wait for a reason to end, for so long at most."""
    end = time.monotonic() + seconds
    while (reason := running.meter.exceeded()) is None and time.monotonic() < end:
        time.sleep(0.01)
    return reason


def test_busy_loop(start: Start, note: Note, gpu: Device) -> None:
    """Kernels without a pause: the advisory busy time is most of the leased time, and the sampler costs under 1 %."""
    running = start("busy", 10)
    running.process.wait()
    usage = running.meter.stop()
    figures = usage.advisory[gpu.id]
    note(leased_s=usage.leased_s, **figures)
    assert figures["sampler_cpu_s"] <= 0.01 * usage.leased_s
    assert "busy_s" in figures.get("missing", {}) or 8 <= figures["busy_s"] <= usage.leased_s
    assert figures["peak_memory_bytes"] > figures["baseline_memory_bytes"]


def test_sleep_while_holding(start: Start, note: Note, gpu: Device) -> None:
    """Sleep is charged though the GPU was idle."""
    running = start("sleeping", 5)
    running.process.wait()
    usage = running.meter.stop()
    figures = usage.advisory[gpu.id]
    note(leased_s=usage.leased_s, **figures)
    assert usage.leased_s >= 5
    assert "busy_s" in figures.get("missing", {}) or figures["busy_s"] < 3


def test_allocation_bomb(start: Start, note: Note, gpu: Device) -> None:
    """Who takes more memory than allowed is noticed, and after the kill the device is empty again."""
    cap = 4 * GIB
    running = start("bomb", cap=cap)
    reason = until_exceeded(running, 60)
    running.kill()
    empty_after = running.until_empty()
    usage = running.meter.stop()
    peak = usage.advisory[gpu.id]["peak_memory_bytes"]
    note(cap_bytes=cap, over_bytes=peak - cap, empty_after_s=empty_after, leased_s=usage.leased_s)
    assert reason is MeterReason.GPU_MEMORY
    assert empty_after is not None


def test_forked_children(start: Start, note: Note, gpu: Device) -> None:
    """Contexts of children are seen, and die with the tree."""
    running = start("forked", 120, ready=3)
    time.sleep(2)
    running.kill()
    empty_after = running.until_empty()
    figures = running.meter.stop().advisory[gpu.id]
    note(empty_after_s=empty_after, processes=figures.get("processes"), missing=figures.get("missing"))
    assert empty_after is not None
    assert "processes" in figures.get("missing", {}) or len(figures["processes"]) >= 3


def test_endless_kernel(start: Start, note: Note) -> None:
    """A kernel that does not end dies with its process, and the driver answers meanwhile."""
    running = start("endless")
    assert until_exceeded(running, 3) is None
    begun = time.monotonic()
    running.kill()
    died_after = time.monotonic() - begun
    empty_after = running.until_empty()
    note(died_after_s=died_after, empty_after_s=empty_after)
    assert empty_after is not None


def test_residue_in_memory(start: Start, note: Note, gpu: Device, driver: Nvml) -> None:
    """While a process holds memory the device is not empty; after its death memory is what it was before."""
    idle = driver.reader(gpu.id).used_memory()
    assert isinstance(idle, int)
    running = start("sleeping", 120)
    assert not running.occupancy.is_empty()
    held = running.occupancy.used_bytes() - idle
    running.kill()
    empty_after = running.until_empty()
    end = time.monotonic() + 30
    while (left := running.occupancy.used_bytes() - idle) > 0 and time.monotonic() < end:
        time.sleep(0.02)
    note(held_bytes=held, left_bytes=left, empty_after_s=empty_after)
    assert held >= GIB
    assert left <= 0
