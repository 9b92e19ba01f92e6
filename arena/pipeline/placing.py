"""Where an attempt runs: the device that it leases, and what its jobs are given for that.

The launcher knows of a device what ``Hold`` says, and the devices know of a sandbox its processes; here they meet.
"""

import contextlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from arena.devices.interface import MeterReason
from arena.model.budget import Budget
from arena.model.device import CPU_CLASS, DeviceKind
from arena.model.message import Message
from arena.model.task import Task
from arena.pipeline.stages import Stages
from arena.sandbox.interface import Job, KillReason, Leased, Mount
from arena.sandbox.jobs import on_device

if TYPE_CHECKING:  # They bring SQLAlchemy, which only what runs code needs.
    from arena.devices.pool import Held

_REASONS = {MeterReason.GPU_MEMORY: KillReason.GPU_MEMORY}


@dataclass(frozen=True, slots=True)
class _Hold:
    """``Hold`` of a job on a leased device."""

    held: "Held"

    def attach(self, pids: Sequence[int], groups: Sequence[Path], end: Callable[[], None]) -> None:
        self.held.attach(pids, groups, end)

    def begin(self) -> None:
        self.held.begin()

    def exceeded(self) -> KillReason | None:
        reason = self.held.exceeded()
        return None if reason is None else _REASONS[reason]

    def end(self) -> Leased:
        used = self.held.end()
        return Leased(unit=used.unit, device_class=used.device_class, seconds=used.leased_s, advisory=used.advisory)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A leased device; nothing is leased where ``held`` is ``None``."""

    kind: DeviceKind
    held: "Held | None" = None

    def allowed(self, budget: Budget) -> Budget:
        """A budget of the task's with the seconds of this kind of device in force."""
        return on_device(budget, self.kind)

    def dress(self, job: Job) -> Job:
        """The job with this device and what belongs to it."""
        if self.held is None:
            return job
        access = self.held.access
        return replace(
            job,
            hold=_Hold(self.held),
            nodes=tuple(Mount(source=path, target=str(path)) for path in access.nodes),
            mounts=(*job.mounts, *(Mount(source=path, target=str(path)) for path in access.files)),
            masks=(*job.masks, *access.covered),
            environment={**dict(access.environment), **job.environment},
        )


def kind_of(task: Task, stages: Stages) -> DeviceKind:
    """The kind of device that attempts of a task lease here.

    Raises:
        NoGpuError: the task demands a GPU and there is none to lease.
    """
    budgets = [each for each in (task.budget, task.fit_budget, task.predict_budget) if each is not None]
    has_gpu_budget = any(budget.gpu_seconds is not None for budget in budgets)
    if stages.devices is None:
        return DeviceKind.CPU_SLOT
    return stages.devices().kind_for(task.budget.device, has_gpu_budget=has_gpu_budget)


def class_of_first(kind: DeviceKind, stages: Stages) -> str:
    """The class that an attempt is reserved under, before it is known which device it gets."""
    devices = stages.devices().inventory().devices if stages.devices else ()
    return next((device.device_class for device in devices if device.kind is kind), CPU_CLASS)


@contextlib.contextmanager
def placed(task: Task, stages: Stages, attempt: str) -> Iterator[Place]:
    """Lease a device for an attempt while the block runs.

    Raises:
        NoGpuError, NoDeviceError: there is none to lease.
        LeaseLostError, DeviceLostError: it was lost before the block ended: nothing of the attempt counts.
    """
    kind = kind_of(task, stages)
    if stages.devices is None:
        yield Place(kind=kind)
        return
    told = Message.of("machine.waiting", kind=kind.value)
    with stages.devices().lease(
        kind, attempt, gpu_memory_bytes=task.budget.gpu_memory_bytes, waiting=lambda: stages.tell(told)
    ) as held:
        yield Place(kind=kind, held=held)
