"""How devices are doing: free, leased, draining, quarantined.

Whether a device is leased is what its lease says. The rest is kept here: a device whose holder has ended is draining
until it is seen empty, and one that is not seen empty, or whose last holder cannot be proved dead, is quarantined.
Only an operator ends a quarantine.
"""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from arena.devices.alive import REAL, Identity, Processes, Sight, sight
from arena.errors import InfrastructureError, UsageError
from arena.model.device import Device, DeviceState, Health
from arena.store import health as rows
from arena.store import leases
from arena.store.engine import Store

_PAUSE_SECONDS = 0.1


def quarantine(connection: Connection, device_id: str, reason: str, now: datetime) -> None:
    """Take a device out of use. The first reason stays, and so does its time."""
    if health_of(connection, device_id) is not Health.QUARANTINED:
        row = rows.HealthRow(device_id=device_id, health=Health.QUARANTINED.value, reason=reason, since=now)
        rows.save(connection, row)


def set_draining(connection: Connection, device_id: str, reason: str, now: datetime) -> None:
    """Note that a device must be seen empty before it is used; one that is draining or quarantined stays so."""
    if health_of(connection, device_id) is Health.FREE:
        row = rows.HealthRow(device_id=device_id, health=Health.DRAINING.value, reason=reason, since=now)
        rows.save(connection, row)


def health_of(connection: Connection, device_id: str) -> Health:
    """Free, draining or quarantined."""
    row = rows.load(connection, device_id)
    return Health.FREE if row is None else Health(row.health)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wards:
    """The health of every device that the store knows. ``clock`` gives aware times, for the rows."""

    store: Store
    clock: Callable[[], datetime]
    processes: Processes = REAL
    monotonic: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep

    def states(self, devices: Iterable[Device]) -> tuple[DeviceState, ...]:
        """Each device with its health, all at one moment."""
        with self.store.read() as connection:
            sick = {row.device_id: row for row in rows.load_all(connection)}
            held = {row.device_id: row for row in leases.held(connection)}
        return tuple(_state(device, sick.get(device.id), held.get(device.id)) for device in devices)

    def quarantine(self, device_id: str, reason: str) -> None:
        """Take a device out of use until ``clear``; ``reason`` is for operators. Its holder's next renewal fails."""
        with self.store.write() as connection:
            quarantine(connection, device_id, reason, self.clock())

    def drain(
        self,
        device: Device,
        *,
        is_empty: Callable[[], bool],
        used_bytes: Callable[[], int],
        baseline_bytes: int,
        patience_s: float,
    ) -> bool:
        """Wait until a device holds no process and no more memory than when it is idle; return whether it came so far.

        Call it while its lease is still held, so that nobody gets the device meanwhile. ``is_empty`` and ``used_bytes``
        look at the device; what they raise as ``InfrastructureError`` is a reason for quarantine, as is the end of
        ``patience_s``, in seconds.
        """
        with self.store.write() as connection:
            set_draining(connection, device.id, "not seen empty yet", self.clock())
        end = self.monotonic() + patience_s
        while reason := _occupied(is_empty, used_bytes, baseline_bytes):
            if reason.final or self.monotonic() >= end:
                self.quarantine(device.id, reason.text)
                return False
            self.sleep(_PAUSE_SECONDS)
        with self.store.write() as connection:
            if (health := health_of(connection, device.id)) is Health.DRAINING:
                _set_free(connection, device.id, self.clock())
        return health is not Health.QUARANTINED

    def clear(self, device_id: str) -> None:
        """End a quarantine, at an operator's word. The device is draining then: its next holder sees that it is empty.

        Raises:
            UsageError: it is not in quarantine, or what last held it is seen alive.
        """
        with self.store.write() as connection:
            if health_of(connection, device_id) is not Health.QUARANTINED:
                raise UsageError("device.not_quarantined", device=device_id)
            row = leases.load(connection, device_id)
            if row.sandbox and sight(Identity.from_text(row.sandbox), self.processes) is Sight.ALIVE:
                raise UsageError("device.still_held", device=device_id, attempt=row.attempt)
            if row.attempt is not None:
                leases.save(connection, leases.LeaseRow(device_id=device_id, fence=row.fence))
            reason = "cleared by an operator, not seen empty yet"
            rows.save(
                connection,
                rows.HealthRow(device_id=device_id, health=Health.DRAINING.value, reason=reason, since=self.clock()),
            )


@dataclass(frozen=True, slots=True)
class _Occupied:
    """Why a device is not empty; ``final`` if waiting does not help."""

    text: str
    final: bool = False


def _occupied(is_empty: Callable[[], bool], used_bytes: Callable[[], int], baseline_bytes: int) -> _Occupied | None:
    try:
        if not is_empty():
            return _Occupied("processes are left on it")
        if (used := used_bytes()) > baseline_bytes:
            return _Occupied(f"{used} bytes are left in its memory; idle, it uses {baseline_bytes}")
    except InfrastructureError as error:
        return _Occupied(f"it cannot be looked at: {error}", final=True)
    return None


def _set_free(connection: Connection, device_id: str, now: datetime) -> None:
    rows.save(connection, rows.HealthRow(device_id=device_id, health=Health.FREE.value, reason=None, since=now))


def _state(device: Device, sick: rows.HealthRow | None, held: leases.LeaseRow | None) -> DeviceState:
    holder = held.attempt if held else None
    if sick is not None and sick.health != Health.FREE.value:
        return DeviceState(
            device=device, health=Health(sick.health), reason=sick.reason, holder=holder, since=sick.since
        )
    if held is not None:
        return DeviceState(device=device, health=Health.LEASED, holder=holder, since=held.acquired_at)
    return DeviceState(device=device, health=Health.FREE, since=sick.since if sick else None)
