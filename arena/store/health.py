"""Rows of what is wrong with devices. Transitions stand in ``arena.devices.health``."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, select
from sqlalchemy.dialects.sqlite import insert

from arena.store.schema import DEVICE_HEALTH

# Built once: to build a statement takes longer than to run it.
_ONE = select(DEVICE_HEALTH).where(DEVICE_HEALTH.c.device_id == bindparam("device"))
_ALL = select(DEVICE_HEALTH).order_by(DEVICE_HEALTH.c.device_id)
_INSERT = insert(DEVICE_HEALTH)
_SAVE = _INSERT.on_conflict_do_update(
    index_elements=["device_id"],
    set_={column.name: column for column in _INSERT.excluded if column.name != "device_id"},
)


@dataclass(frozen=True, slots=True, kw_only=True)
class HealthRow:
    """One device. ``health`` is ``free``, ``draining`` or ``quarantined``: whether it is leased, its lease says."""

    device_id: str
    health: str
    reason: str | None
    since: datetime


def load(connection: Connection, device_id: str) -> HealthRow | None:
    """A device's row; ``None`` if there never was anything to say of it."""
    found = connection.execute(_ONE, {"device": device_id}).mappings().one_or_none()
    return None if found is None else HealthRow(**found)


def load_all(connection: Connection) -> Sequence[HealthRow]:
    """Every row, in order of device."""
    return [HealthRow(**row) for row in connection.execute(_ALL).mappings()]


def save(connection: Connection, row: HealthRow) -> None:
    """Put a row in the place of the device's last one."""
    connection.execute(_SAVE, asdict(row))
