"""How a store came to have its tables. A migration that was released is never edited; a change is a further one."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from arena.errors import InfrastructureError

if TYPE_CHECKING:
    from sqlalchemy import Connection

VERSIONS = "CREATE TABLE schema_versions (version INTEGER PRIMARY KEY, applied_at TEXT NOT NULL) STRICT"

# Each is applied whole or not at all. Its version is its place, from 1.
MIGRATIONS: tuple[Sequence[str], ...] = (
    (
        """CREATE TABLE leases (
            device_id TEXT NOT NULL PRIMARY KEY,
            attempt TEXT,
            owner TEXT,
            fence INTEGER NOT NULL,
            acquired_at TEXT,
            renewed_at TEXT,
            expires_at TEXT,
            sandbox TEXT,
            CHECK (attempt IS NULL AND sandbox IS NULL
                   OR owner IS NOT NULL AND acquired_at IS NOT NULL
                      AND renewed_at IS NOT NULL AND expires_at IS NOT NULL)
        ) STRICT""",
        """CREATE TRIGGER leases_keep_their_fence BEFORE UPDATE ON leases
            WHEN NEW.fence < OLD.fence OR NEW.device_id IS NOT OLD.device_id
            BEGIN SELECT RAISE(ABORT, 'a fence never falls'); END""",
        """CREATE TRIGGER leases_have_a_new_fence BEFORE UPDATE ON leases
            WHEN NEW.fence = OLD.fence AND NEW.attempt IS NOT NULL
                 AND (NEW.attempt IS NOT OLD.attempt OR NEW.owner IS NOT OLD.owner)
            BEGIN SELECT RAISE(ABORT, 'a new holder needs a new fence'); END""",
        """CREATE TRIGGER leases_stay BEFORE DELETE ON leases
            BEGIN SELECT RAISE(ABORT, 'a fence is never forgotten'); END""",
        """CREATE TABLE device_health (
            device_id TEXT NOT NULL PRIMARY KEY,
            health TEXT NOT NULL CHECK (health IN ('free', 'draining', 'quarantined')),
            reason TEXT,
            since TEXT NOT NULL
        ) STRICT""",
        """CREATE TABLE allowance_entries (
            id INTEGER NOT NULL PRIMARY KEY,
            attempt TEXT NOT NULL,
            kind TEXT NOT NULL CHECK (kind IN ('reserve', 'settle', 'refund')),
            team TEXT NOT NULL,
            task TEXT NOT NULL,
            device_class TEXT NOT NULL,
            unit TEXT NOT NULL,
            seconds REAL NOT NULL CHECK (seconds >= 0),
            at TEXT NOT NULL,
            reason TEXT,
            UNIQUE (attempt, kind)
        ) STRICT""",
        "CREATE INDEX allowance_entries_of_a_team ON allowance_entries (team, at)",
        """CREATE TRIGGER allowance_entries_are_not_edited BEFORE UPDATE ON allowance_entries
            BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END""",
        """CREATE TRIGGER allowance_entries_stay BEFORE DELETE ON allowance_entries
            BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END""",
    ),
)


def version(connection: "Connection") -> int:
    """The version of the schema that the store has; 0 where it has none.

    Raises:
        InfrastructureError: the file is a database of something else.
    """
    tables = {name for (name,) in connection.exec_driver_sql("SELECT name FROM sqlite_schema WHERE type = 'table'")}
    if "schema_versions" not in tables:
        if tables:
            raise InfrastructureError("store.corrupt", path=_path(connection), reason="it is not a store of arena")
        return 0
    found = connection.exec_driver_sql("SELECT max(version) FROM schema_versions").scalar()
    return int(found or 0)


def _path(connection: "Connection") -> str:
    return str(connection.exec_driver_sql("PRAGMA database_list").one()[2])


def migrate(connection: "Connection", *, migrations: Sequence[Sequence[str]] = MIGRATIONS) -> None:
    """Apply what is missing, in the caller's transaction, so that a store is never between two versions.

    Raises:
        InfrastructureError: a later arena has written the store.
    """
    have = version(connection)
    if have > len(migrations):
        raise InfrastructureError("store.newer", path=_path(connection), have=have, known=len(migrations))
    if have == 0:
        connection.exec_driver_sql(VERSIONS)
    for number in range(have + 1, len(migrations) + 1):
        for statement in migrations[number - 1]:
            connection.exec_driver_sql(statement)
        now = datetime.now(UTC).isoformat(timespec="seconds")
        connection.exec_driver_sql("INSERT INTO schema_versions VALUES (?, ?)", (number, now))
