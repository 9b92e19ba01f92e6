"""Rows of leases. What they mean, and who may change them, stands in ``arena.devices.lease``."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, select
from sqlalchemy.dialects.sqlite import insert

from arena.store.schema import LEASES

# Built once: to build a statement takes longer than to run it.
_ONE = select(LEASES).where(LEASES.c.device_id == bindparam("device"))
_HELD = select(LEASES).where(LEASES.c.attempt.is_not(None)).order_by(LEASES.c.device_id)
_INSERT = insert(LEASES)
_SAVE = _INSERT.on_conflict_do_update(
    index_elements=["device_id"],
    set_={column.name: column for column in _INSERT.excluded if column.name != "device_id"},
)


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaseRow:
    """One device's lease. ``attempt`` is ``None`` while nobody holds it; then ``fence`` is the last holder's."""

    device_id: str
    fence: int
    attempt: str | None = None
    owner: str | None = None
    acquired_at: datetime | None = None
    renewed_at: datetime | None = None
    expires_at: datetime | None = None
    sandbox: str | None = None


def load(connection: Connection, device_id: str) -> LeaseRow:
    """A device's row; of a device that was never held, one without a holder and with the fence 0."""
    found = connection.execute(_ONE, {"device": device_id}).mappings().one_or_none()
    return LeaseRow(device_id=device_id, fence=0) if found is None else LeaseRow(**found)


def held(connection: Connection) -> Sequence[LeaseRow]:
    """Every row that has a holder, in order of device."""
    return [LeaseRow(**row) for row in connection.execute(_HELD).mappings()]


def save(connection: Connection, row: LeaseRow) -> None:
    """Put a row in the place of the device's last one.

    Raises:
        IntegrityError: its fence is lower, or belongs to another holder.
    """
    connection.execute(_SAVE, asdict(row))
