"""The store's tables as queries name them. How they come to be stands in ``migrations``.

``leases``: who holds a device; a row stays when its device is given back, so that its fence never falls.
``device_health``: draining and quarantined devices, and why; a device without a row is fine.
``allowance_entries``: append-only, what an attempt reserved, settled and was refunded.

``ledger_entries`` and ``ledger_checkpoints`` are those of the SQL ledger of records, a file of its own.
"""

from datetime import UTC, datetime

from sqlalchemy import (
    REAL,
    CheckConstraint,
    Column,
    Dialect,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
)
from sqlalchemy.types import TypeDecorator

METADATA = MetaData()
LEDGER_METADATA = MetaData()


class Moment(TypeDecorator[datetime]):
    """An aware time, kept as text in UTC with microseconds: its order as text is its order in time."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> str | None:
        """Text of a time. A naive one is a fault of the caller's: it would mean another moment on another machine."""
        del dialect
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone")
        return value.astimezone(UTC).isoformat(timespec="microseconds")

    def process_result_value(self, value: str | None, dialect: Dialect) -> datetime | None:
        """The time, in UTC."""
        del dialect
        return None if value is None else datetime.fromisoformat(value)


LEASES = Table(
    "leases",
    METADATA,
    Column("device_id", Text, primary_key=True),
    Column("attempt", Text),
    Column("owner", Text),
    Column("fence", Integer, nullable=False),
    Column("acquired_at", Moment),
    Column("renewed_at", Moment),
    Column("expires_at", Moment),
    Column("sandbox", Text),
)

DEVICE_HEALTH = Table(
    "device_health",
    METADATA,
    Column("device_id", Text, primary_key=True),
    Column("health", Text, CheckConstraint("health IN ('free', 'draining', 'quarantined')"), nullable=False),
    Column("reason", Text),
    Column("since", Moment, nullable=False),
)

ALLOWANCE_ENTRIES = Table(
    "allowance_entries",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("attempt", Text, nullable=False),
    Column("kind", Text, CheckConstraint("kind IN ('reserve', 'settle', 'refund')"), nullable=False),
    Column("team", Text, nullable=False),
    Column("task", Text, nullable=False),
    Column("device_class", Text, nullable=False),
    Column("unit", Text, nullable=False),
    Column("seconds", REAL, nullable=False),
    Column("at", Moment, nullable=False),
    Column("reason", Text),
    UniqueConstraint("attempt", "kind"),
)

LEDGER_ENTRIES = Table(
    "ledger_entries",
    LEDGER_METADATA,
    Column("id", Integer, primary_key=True),
    Column("task", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("team", Text),
    Column("received_at", Moment),
    Column("data", LargeBinary, nullable=False),
    UniqueConstraint("task", "name"),
)

LEDGER_CHECKPOINTS = Table(
    "ledger_checkpoints",
    LEDGER_METADATA,
    Column("name", Text, primary_key=True),
    Column("data", LargeBinary, nullable=False),
)
