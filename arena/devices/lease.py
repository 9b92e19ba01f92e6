"""Exclusive leases of devices.

Theory of operation. A lease says who holds a device: an attempt, in the name of an owner (the grader's process), under
a fence, which rises with every holder of the device and by which late work of an old one is known. The holder attaches
its sandbox, and renews before the lease expires; who cannot renew ends the sandbox.

A sandbox waits for its go until ``attach`` has returned: it touches no device that the store does not know it on. So
an owner that died before it attached anything left nothing on the device; and who lost the lease learns it from
``attach``, before the sandbox goes.

A lease passes on when its owner and its sandbox are seen dead, at once; or when it has expired and its sandbox is seen
dead, whatever the owner does. When it has expired and the sandbox is not seen dead, the device is quarantined: nobody
can tell then what still runs on it. So time alone never passes a device on, and a clock that is wrong costs
availability at most. A renewal never brings the expiry forward, so neither does a clock that was set back.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum

from sqlalchemy import Connection

from arena.devices.alive import REAL, Identity, Processes, Sight, sight
from arena.devices.health import health_of, quarantine, set_draining
from arena.errors import AttemptFailedError
from arena.model.device import Device, Health
from arena.store import leases as rows
from arena.store.engine import Store


class LeaseLostError(AttemptFailedError):
    """The device is no longer this lease's: its holder ends the sandbox, and its result does not count."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lease:
    """Devices that one attempt holds alone.

    ``fences`` are those of ``devices``, in their order. ``inherited`` are the ids of devices that were not seen empty
    since their last holder: drain them before use.
    """

    attempt: str
    devices: tuple[Device, ...]
    fences: tuple[int, ...]
    ttl_s: float
    acquired_at: datetime
    inherited: tuple[str, ...] = ()


class Standing(Enum):
    """What may become of a device, as its lease stands."""

    OPEN = "open"
    HELD = "held"
    PASSES = "passes"
    UNPROVED = "unproved"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reclaimed:
    """A lease that ended without its holder. ``quarantined`` says why its device cannot pass on, if it cannot."""

    device_id: str
    attempt: str
    fence: int
    quarantined: str | None


def standing(row: rows.LeaseRow, *, now: datetime, owner: Sight, sandbox: Sight) -> Standing:
    """How a lease stands, given what is seen of its owner and sandbox; a sandbox that never was counts as dead."""
    if row.attempt is None:
        return Standing.OPEN
    if owner is Sight.DEAD and sandbox is Sight.DEAD:
        return Standing.PASSES
    if row.expires_at is None or now < row.expires_at:
        return Standing.HELD
    return Standing.PASSES if sandbox is Sight.DEAD else Standing.UNPROVED


@dataclass(frozen=True, slots=True, kw_only=True)
class Leases:
    """Leases in the name of one owner. ``clock`` gives aware times."""

    store: Store
    clock: Callable[[], datetime]
    owner: Identity
    processes: Processes = REAL

    def acquire(self, devices: Sequence[Device], attempt: str, ttl_s: float) -> Lease | None:
        """Hold all of the devices for ``ttl_s`` seconds, or none; ``None`` if one of them cannot be had now.

        A device whose lease has expired while its sandbox is not seen dead is quarantined on the way.

        Raises:
            InfrastructureError: the store cannot be used.
        """
        if not devices or len({device.id for device in devices}) != len(devices):
            raise ValueError("a lease is of one device or more, each once")
        if self._are_plainly_held(devices):
            return None
        with self.store.write() as connection:
            now = self.clock()
            last = [rows.load(connection, device.id) for device in devices]
            passing = [self._may_pass(connection, row, now) for row in last]  # Each is judged, also after a refusal.
            if not all(passing):
                return None
            for row in last:
                rows.save(
                    connection,
                    rows.LeaseRow(
                        device_id=row.device_id,
                        fence=row.fence + 1,
                        attempt=attempt,
                        owner=self.owner.to_text(),
                        acquired_at=now,
                        renewed_at=now,
                        expires_at=now + timedelta(seconds=ttl_s),
                    ),
                )
            drain = [row.device_id for row in last if health_of(connection, row.device_id) is Health.DRAINING]
        return Lease(
            attempt=attempt,
            devices=tuple(devices),
            fences=tuple(row.fence + 1 for row in last),
            ttl_s=ttl_s,
            acquired_at=now,
            inherited=tuple(drain),
        )

    def renew(self, lease: Lease) -> None:
        """Hold on for another ``ttl_s`` seconds from now; never for less than was granted already.

        Raises:
            LeaseLostError: it passed on, or a device was quarantined.
            InfrastructureError: the store cannot be used.
        """
        with self.store.write() as connection:
            now = self.clock()
            for row in self._ours(connection, lease):
                until = now + timedelta(seconds=lease.ttl_s)
                rows.save(
                    connection,
                    replace(
                        row, renewed_at=max(row.renewed_at or now, now), expires_at=max(row.expires_at or until, until)
                    ),
                )

    def attach(self, lease: Lease, sandbox: Identity) -> None:
        """Note what proves the lease's sandbox dead, before that sandbox gets its go.

        One that was attached before is forgotten only if it is seen dead.

        Raises:
            LeaseLostError: it passed on, or a device was quarantined: the sandbox must not go.
            InfrastructureError: the store cannot be used: the sandbox must not go.
        """
        with self.store.write() as connection:
            for row in self._ours(connection, lease):
                both = sandbox if self._sandbox(row) is Sight.DEAD else _united(row, sandbox)
                rows.save(connection, replace(row, sandbox=both.to_text()))

    def holds(self, lease: Lease) -> bool:
        """Whether the lease is still its attempt's, so that what the attempt brings may count."""
        with self.store.read() as connection:
            return all(row is not None for row in self._rows_of(connection, lease))

    def release(self, lease: Lease) -> tuple[str, ...]:
        """Give the devices back; return the ids of those that are quarantined instead, as the sandbox is not dead.

        Raises:
            LeaseLostError: one had passed on already; the others were given back.
            InfrastructureError: the store cannot be used.
        """
        with self.store.write() as connection:
            found = self._rows_of(connection, lease)
            ours = [row for row in found if row is not None]
            for row in ours:
                if (seen := self._sandbox(row)) is Sight.DEAD:
                    rows.save(connection, rows.LeaseRow(device_id=row.device_id, fence=row.fence))
                else:
                    reason = f"attempt {row.attempt} gave it back while its sandbox was {_words(seen)}"
                    quarantine(connection, row.device_id, reason, self.clock())
            bad = [each.id for each in lease.devices if health_of(connection, each.id) is Health.QUARANTINED]
        if None in found:
            raise LeaseLostError("lease.lost", attempt=lease.attempt)
        return tuple(bad)

    def expired(self) -> Sequence[rows.LeaseRow]:
        """The leases that do not stand any more: past their time, or with owner and sandbox seen dead."""
        with self.store.read() as connection:
            held = rows.held(connection)
        now = self.clock()
        return [row for row in held if self._standing(row, now) is not Standing.HELD]

    def reclaim(self) -> tuple[Reclaimed, ...]:
        """End every lease that does not stand any more, as ``acquire`` would; return them, for their attempts' sake."""
        found = []
        with self.store.write() as connection:
            now = self.clock()
            for row in rows.held(connection):
                if health_of(connection, row.device_id) is Health.QUARANTINED:
                    continue
                stands = self._standing(row, now)
                if stands is Standing.HELD:
                    continue
                self._may_pass(connection, row, now)
                if stands is Standing.PASSES:
                    rows.save(connection, rows.LeaseRow(device_id=row.device_id, fence=row.fence))
                found.append(
                    Reclaimed(
                        device_id=row.device_id,
                        attempt=row.attempt or "",
                        fence=row.fence,
                        quarantined=self._unproved(row) if stands is Standing.UNPROVED else None,
                    )
                )
        return tuple(found)

    def _are_plainly_held(self, devices: Sequence[Device]) -> bool:
        """Whether one cannot be had and nothing follows from it: then those who wait do not wait in writers' way."""
        with self.store.read() as connection:
            last = [rows.load(connection, device.id) for device in devices]
        now = self.clock()
        stands = {self._standing(row, now) for row in last}
        return Standing.HELD in stands and Standing.UNPROVED not in stands

    def _may_pass(self, connection: Connection, row: rows.LeaseRow, now: datetime) -> bool:
        """Judge one device, and note what follows for its health."""
        if health_of(connection, row.device_id) is Health.QUARANTINED:
            return False
        stands = self._standing(row, now)
        if stands is Standing.PASSES:
            set_draining(connection, row.device_id, f"attempt {row.attempt} did not give it back", now)
        elif stands is Standing.UNPROVED:
            quarantine(connection, row.device_id, self._unproved(row), now)
        return stands in {Standing.OPEN, Standing.PASSES}

    def _standing(self, row: rows.LeaseRow, now: datetime) -> Standing:
        owner = sight(Identity.from_text(row.owner or ""), self.processes)
        return standing(row, now=now, owner=owner, sandbox=self._sandbox(row))

    def _sandbox(self, row: rows.LeaseRow) -> Sight:
        return Sight.DEAD if row.sandbox is None else sight(Identity.from_text(row.sandbox), self.processes)

    def _unproved(self, row: rows.LeaseRow) -> str:
        return f"the lease of attempt {row.attempt} expired while its sandbox was {_words(self._sandbox(row))}"

    def _rows_of(self, connection: Connection, lease: Lease) -> list[rows.LeaseRow | None]:
        """Each device's row, or ``None`` where it is not the lease's any more."""
        found = []
        for device, fence in zip(lease.devices, lease.fences, strict=True):
            row = rows.load(connection, device.id)
            ours = (row.attempt, row.fence, row.owner) == (lease.attempt, fence, self.owner.to_text())
            found.append(row if ours else None)
        return found

    def _ours(self, connection: Connection, lease: Lease) -> Iterable[rows.LeaseRow]:
        found = [row for row in self._rows_of(connection, lease) if row is not None]
        sick = [row for row in found if health_of(connection, row.device_id) is Health.QUARANTINED]
        if sick or len(found) != len(lease.devices):
            raise LeaseLostError("lease.lost", attempt=lease.attempt)
        return found


def _united(row: rows.LeaseRow, sandbox: Identity) -> Identity:
    """Two sandboxes as one, which is dead when both are."""
    before = Identity.from_text(row.sandbox or "")
    return Identity(
        place=sandbox.place if before.place == sandbox.place else None,
        processes=tuple(dict.fromkeys((*before.processes, *sandbox.processes))),
        groups=tuple(dict.fromkeys((*before.groups, *sandbox.groups))),
    )


def _words(seen: Sight) -> str:
    return "still alive" if seen is Sight.ALIVE else "not to be seen from here"
