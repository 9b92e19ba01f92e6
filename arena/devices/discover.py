"""What this machine has to lease: GPUs or their MIG slices, and CPU slots; and why there is no GPU."""

import contextlib
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from arena.devices.interface import DeviceLostError, Driver, GpuFacts, NoGpuError
from arena.devices.nvml import Nvml
from arena.devices.slices import Slice
from arena.model.device import CPU_CLASS, Device, DeviceKind, class_of
from arena.model.safe_text import safe_line

_CPU_INFO = Path("/proc/cpuinfo")


@dataclass(frozen=True, slots=True, kw_only=True)
class Inventory:
    """Devices in a stable order, GPUs first.

    ``no_gpu`` says why there is none to lease, ``None`` if there is one. ``problems`` are GPUs that are there and
    cannot be leased, one line each. ``driver`` is the GPU driver's version.
    """

    devices: tuple[Device, ...]
    no_gpu: str | None
    problems: tuple[str, ...]
    driver: str | None


def cores_here() -> int:
    """How many cores this process may use. A share of time that a container sets is not seen: set ``slots`` there."""
    if hasattr(os, "sched_getaffinity"):  # Linux alone.
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def discover(
    *, slots: int | None = None, open_driver: Callable[[], Driver] = Nvml.open, cores: Callable[[], int] = cores_here
) -> Inventory:
    """Look at the machine once. ``slots`` CPU slots share its cores evenly; by default there is one for each core.

    Raises:
        ValueError: ``slots`` is less than one, or more than there are cores, so that a lease would not be exclusive.
    """
    try:
        driver = open_driver()
    except NoGpuError as error:
        return Inventory(devices=cpu_slots(slots, cores()), no_gpu=error.reason, problems=(), driver=None)
    with contextlib.closing(driver):
        return survey(driver, slots=slots, cores=cores)


def survey(driver: Driver, *, slots: int | None = None, cores: Callable[[], int] = cores_here) -> Inventory:
    """As ``discover``, by a driver that is open and stays so."""
    found: list[Device] = []
    problems: list[str] = []
    failed = None
    try:
        for facts in _facts(driver, problems):
            found += _leasable(facts, problems)
    except NoGpuError as error:
        failed = error.reason
    no_gpu = None if found else failed or "; ".join(problems) or "the driver sees no GPU"
    return Inventory(
        devices=(*found, *cpu_slots(slots, cores())), no_gpu=no_gpu, problems=tuple(problems), driver=driver.version
    )


def _facts(driver: Driver, problems: list[str]) -> Iterator[GpuFacts]:
    for index in range(driver.count()):
        try:
            yield driver.facts(index)
        except DeviceLostError as error:
            problems.append(f"{error.device} cannot be used: {error.reason}")


def _leasable(facts: GpuFacts, problems: list[str]) -> list[Device]:
    """The GPU, or its slices instead: with MIG on nothing runs on it as a whole."""
    if facts.slices is None:
        return [_gpu(facts, facts.uuid, facts.name, facts.memory_bytes)]
    if not facts.slices:
        problems.append(f"GPU {facts.index} has MIG on and no slices; make some, or turn MIG off")
    return [_gpu(facts, each.uuid, each.name, each.memory_bytes, each) for each in facts.slices]


def _gpu(facts: GpuFacts, uuid: str, name: str, memory_bytes: int, part: Slice | None = None) -> Device:
    return Device(
        id=uuid,
        kind=DeviceKind.GPU,
        name=name,
        index=facts.index,
        minor=facts.minor,
        memory_bytes=memory_bytes,
        mig_profile=part.profile if part else None,
        mig_instances=part.instances if part else None,
        device_class=class_of(name),
    )


def cpu_slots(slots: int | None, cores: int) -> tuple[Device, ...]:
    """``slots`` equal shares of ``cores``. Raises ``ValueError`` as ``discover`` does."""
    count = cores if slots is None else slots
    if not 1 <= count <= cores:
        raise ValueError(f"{count} CPU slots do not fit {cores} cores: choose 1 to {cores}")
    return tuple(
        Device(
            id=f"cpu-slot-{number}",
            kind=DeviceKind.CPU_SLOT,
            name=cpu_model(),
            index=number,
            minor=None,
            memory_bytes=0,
            mig_profile=None,
            device_class=CPU_CLASS,
        )
        for number in range(count)
    )


def cpu_model(source: Path = _CPU_INFO) -> str:
    """The processor's name, ``CPU`` where the system does not tell it."""
    try:
        lines = source.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return "CPU"
    names = (value for key, _, value in (line.partition(":") for line in lines) if key.strip() == "model name")
    return safe_line(next(names, "CPU").strip())
