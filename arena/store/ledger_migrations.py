"""How the SQL ledger came to have its tables, as ``migrations`` has it for the store."""

from collections.abc import Sequence

LEDGER_MIGRATIONS: tuple[Sequence[str], ...] = (
    (
        # The bytes last: what stands behind them would be found only by walking through them.
        # AUTOINCREMENT: a number is never given again, so that who has seen it has seen all up to it.
        """CREATE TABLE ledger_entries (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            task TEXT NOT NULL,
            name TEXT NOT NULL,
            team TEXT,
            received_at TEXT,
            data BLOB NOT NULL,
            UNIQUE (task, name)
        ) STRICT""",
        "CREATE INDEX ledger_entries_of_a_team ON ledger_entries (task, team)",
        "CREATE INDEX ledger_entries_by_time ON ledger_entries (task, received_at)",
        "CREATE TABLE ledger_checkpoints (name TEXT NOT NULL PRIMARY KEY, data BLOB NOT NULL) STRICT",
        """CREATE TRIGGER ledger_entries_are_not_edited BEFORE UPDATE ON ledger_entries
            BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END""",
        """CREATE TRIGGER ledger_entries_stay BEFORE DELETE ON ledger_entries
            BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END""",
        """CREATE TRIGGER ledger_checkpoints_are_not_edited BEFORE UPDATE ON ledger_checkpoints
            BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END""",
        """CREATE TRIGGER ledger_checkpoints_stay BEFORE DELETE ON ledger_checkpoints
            BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END""",
    ),
)
