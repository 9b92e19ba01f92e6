"""The devices of this machine as an attempt takes them: find one, hold it, watch it, see it empty, give it back.

Theory of operation. ``lease`` waits until a device of a kind can be held alone, and keeps the lease while its block
runs. In the block the sandbox is attached before it goes, and each run is metered. Afterwards, with every process of
the sandbox dead, a GPU must be seen without a process and with no more memory in use than when the attempt got it,
else it is quarantined; a GPU that was lost is quarantined in any case. Then it is given back.

A device that the last holder did not give back is seen empty before it is used. A CPU slot is empty when the
sandbox is dead, which the lease proves.
"""

import contextlib
import logging
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from arena.devices.alive import REAL, Identity, identify, this_process
from arena.devices.discover import Inventory, cores_here, cpu_slots, survey
from arena.devices.health import Wards
from arena.devices.interface import DeviceLostError, Driver, MeterReason, NoDeviceError, NoGpuError
from arena.devices.lease import Lease, LeaseLostError, Leases
from arena.devices.meter import DeviceUsage, LeaseMeter
from arena.devices.nodes import Access, access_to
from arena.devices.nvml import Nvml
from arena.devices.occupancy import DeviceUnreadableError, Occupancy
from arena.devices.renewal import Renewal, Renewer
from arena.devices.sample import Sampler
from arena.errors import AttemptFailedError, InfrastructureError
from arena.model.device import Device, DeviceKind, DeviceState, Health
from arena.store.engine import Store

_LOG = logging.getLogger(__name__)
_TTL_S = 30.0
_PAUSES_S = (0.02, 0.5)
_DRAIN_S = 30.0
# What the driver itself may come to hold meanwhile, and what an idle one holds of a GPU nobody measured before.
_SLACK_BYTES = 32 * 1024**2
_IDLE_MOST_BYTES = 1024**3


class NotEmptyError(AttemptFailedError):
    """A device that the last holder did not give back is not seen empty, and so is quarantined."""


class Held:
    """One leased device, for the runs of one attempt; each goes from ``attach`` to ``end``."""

    def __init__(
        self, device: Device, access: Access, lease: Lease, leases: Leases, meter: Callable[[], LeaseMeter]
    ) -> None:
        self.device, self.access = device, access
        self._lease, self._leases, self._new_meter = lease, leases, meter
        self._meter: LeaseMeter | None = None
        self._lost = threading.Event()
        self._end_of: Callable[[], None] | None = None

    def attach(self, pids: Sequence[int], groups: Sequence[Path], end: Callable[[], None]) -> None:
        """Note what proves the sandbox dead, before it goes; ``end`` is called when the lease cannot be kept.

        Raises:
            LeaseLostError: the device passed on meanwhile.
            InfrastructureError: the store cannot be used.
        """
        self._leases.attach(self._lease, self._sandbox(pids, groups))
        self._end_of = end
        self._refuse_lost()

    def _sandbox(self, pids: Sequence[int], groups: Sequence[Path]) -> Identity:
        return identify(self._leases.processes, pids, map(str, groups))

    def begin(self) -> None:
        """It counts from now."""
        self._meter = self._new_meter()
        self._meter.start()

    def exceeded(self) -> MeterReason | None:
        """Why the run must end now: its GPU's memory.

        Raises:
            LeaseLostError: the lease could not be kept.
            DeviceLostError: the GPU is gone.
        """
        self._refuse_lost()
        reason = self._meter.exceeded() if self._meter else None
        if reason is MeterReason.DEVICE_LOST:
            raise DeviceLostError(self.device.id, "the driver lost it while an attempt held it")
        return reason

    def end(self) -> DeviceUsage:
        """Every process of the run is dead; what it cost.

        Raises:
            LeaseLostError: the lease was lost before the end, so that the result may not count.
        """
        if self._meter is None:
            raise RuntimeError("this run never began")
        usage = self._meter.stop()
        self._end_of, self._meter = None, None
        self._refuse_lost()
        return usage

    def stop(self) -> None:
        """End the meter of a run that was given up."""
        if self._meter is not None:
            self._meter.stop()
        self._end_of, self._meter = None, None

    def lose(self) -> None:
        """The lease cannot be kept. Called from another thread."""
        self._lost.set()
        if (end := self._end_of) is not None:
            end()

    @property
    def is_lost(self) -> bool:
        """Whether the device may be another's by now."""
        return self._lost.is_set()

    def _refuse_lost(self) -> None:
        if self.is_lost:
            raise LeaseLostError("lease.lost", attempt=self._lease.attempt)


@dataclass(slots=True, kw_only=True)
class Pool:
    """This machine's devices. ``clock`` gives aware times; ``access`` what the holder of a device is shown."""

    store: Store
    clock: Callable[[], datetime]
    slots: int | None = None
    open_driver: Callable[[], Driver] = Nvml.open
    access: Callable[[Device], Access] = access_to
    ttl_s: float = _TTL_S
    drain_s: float = _DRAIN_S
    sleep: Callable[[float], None] = time.sleep
    _driver: Driver | None = field(default=None, init=False)
    _inventory: Inventory | None = field(default=None, init=False)

    def inventory(self) -> Inventory:
        """What the machine has, looked at once."""
        if self._inventory is None:
            try:
                self._driver = self.open_driver()
                self._inventory = survey(self._driver, slots=self.slots)
            except NoGpuError as error:
                slots = cpu_slots(self.slots, cores_here())
                self._inventory = Inventory(devices=slots, no_gpu=error.reason, problems=(), driver=None)
        return self._inventory

    def kind_for(self, wanted: str, *, has_gpu_budget: bool) -> DeviceKind:
        """What an attempt leases: a task's ``device``, and whether it says what a GPU's time it may use.

        Where a task leaves it open, its attempts run on a GPU where this machine has one and the task budgets it.

        Raises:
            NoGpuError: the task demands a GPU and there is none to lease.
        """
        if wanted == "cpu" or (wanted == "any" and not has_gpu_budget):
            return DeviceKind.CPU_SLOT
        found = self.inventory()
        if found.no_gpu is None:
            return DeviceKind.GPU
        if wanted == "gpu":
            raise NoGpuError(found.no_gpu)
        return DeviceKind.CPU_SLOT

    @contextlib.contextmanager
    def lease(
        self,
        kind: DeviceKind,
        attempt: str,
        *,
        gpu_memory_bytes: int | None = None,
        waiting: Callable[[], None] = lambda: None,
    ) -> Iterator[Held]:
        """Hold a device of the kind while the block runs; ``waiting`` is called once if it cannot be had at once.

        Raises:
            NoDeviceError: all of them are quarantined, or there is none.
            LeaseLostError: the lease was lost before the block ended.
            InfrastructureError: the store or the driver cannot be used.
        """
        leases = Leases(store=self.store, clock=self.clock, owner=this_process(), processes=REAL)
        device, lease = self._acquire(kind, attempt, leases, waiting)
        wards = Wards(store=self.store, clock=self.clock, sleep=self.sleep)
        try:
            occupancy = self._occupancy(device)
            if lease.inherited:
                self._see_empty(wards, device, occupancy)
            baseline = occupancy.used_bytes() if occupancy else 0
            held = Held(device, self.access(device), lease, leases, lambda: self._meter(device, gpu_memory_bytes))
            with Renewer(Renewal(leases=leases, lease=lease), held.lose):
                try:
                    yield held
                finally:
                    held.stop()
                    if occupancy is not None and not held.is_lost:
                        _drained(wards, device, occupancy, baseline + _SLACK_BYTES, self.drain_s)
        except (DeviceLostError, DeviceUnreadableError) as error:
            wards.quarantine(device.id, f"attempt {attempt} lost it: {error.params.get('reason', '')}")
            self._give_back(leases, lease, quietly=True)
            raise
        except BaseException:
            self._give_back(leases, lease, quietly=True)
            raise
        self._give_back(leases, lease, quietly=False)

    def _acquire(
        self, kind: DeviceKind, attempt: str, leases: Leases, waiting: Callable[[], None]
    ) -> tuple[Device, Lease]:
        found = self.inventory()
        candidates = [device for device in found.devices if device.kind is kind]
        wards = Wards(store=self.store, clock=self.clock)
        pause, told = _PAUSES_S[0], False
        while True:
            states = wards.states(candidates)
            usable = [state for state in states if state.health is not Health.QUARANTINED]
            if not usable:
                raise NoDeviceError("device.none_usable", kind=kind.value, reasons=_reasons(states, found))
            for state in sorted(usable, key=lambda each: each.health is Health.LEASED):
                if lease := leases.acquire([state.device], attempt, self.ttl_s):
                    return state.device, lease
            if not told:
                waiting()
                told = True
            self.sleep(pause)
            pause = min(2 * pause, _PAUSES_S[1])

    def _occupancy(self, device: Device) -> Occupancy | None:
        if device.kind is not DeviceKind.GPU or self._driver is None:
            return None
        return Occupancy(self._driver.reader(device.id))

    def _meter(self, device: Device, gpu_memory_bytes: int | None) -> LeaseMeter:
        readers = [self._driver.reader(device.id)] if device.kind is DeviceKind.GPU and self._driver else []
        samplers = [Sampler(reader) for reader in readers]
        return LeaseMeter([device], samplers=samplers, gpu_memory_bytes=gpu_memory_bytes)

    def _see_empty(self, wards: Wards, device: Device, occupancy: Occupancy | None) -> None:
        if not _drained(wards, device, occupancy, _IDLE_MOST_BYTES, self.drain_s):
            raise NotEmptyError("device.not_empty", device=device.id)

    @staticmethod
    def _give_back(leases: Leases, lease: Lease, *, quietly: bool) -> None:
        """``quietly``: something else went wrong already, and is what matters."""
        with contextlib.suppress(InfrastructureError) if quietly else contextlib.nullcontext():
            for device_id in leases.release(lease):
                _LOG.warning("device %s is quarantined; see: arena devices", device_id)

    def close(self) -> None:
        """Let go of the driver's library. The pool can be used again afterwards."""
        if self._driver is not None:
            self._driver.close()
        self._driver = self._inventory = None


def _drained(wards: Wards, device: Device, occupancy: Occupancy | None, most_bytes: int, patience_s: float) -> bool:
    return wards.drain(
        device,
        is_empty=occupancy.is_empty if occupancy else lambda: True,
        used_bytes=occupancy.used_bytes if occupancy else lambda: 0,
        baseline_bytes=most_bytes,
        patience_s=patience_s,
    )


def _reasons(states: Sequence[DeviceState], found: Inventory) -> str:
    told = [f"{state.device.id}: {state.reason}" for state in states]
    return "; ".join(told) or found.no_gpu or "there is none"
