"""The tables of the index of a ledger, as ``migrations`` has those of the store. All of it can be made anew.

``facts``: up to where the ledger was read, and what decides which entries count. ``entries``: what the ledger holds, by
name; ``stated`` is 1 where a checkpoint states it, null where none is signed. ``teams``: by team the number of the last
change of its entries. ``team_rows``: what a team has on a board, as of such a number; a ``view`` is a board by all that
its rows follow from. ``checkpoints``: which of them were taken in, and which are followed by one that was. ``stated``
and ``nodes``: what checkpoints state, and the hashes of the tree over it.
"""

from collections.abc import Sequence

INDEX_MIGRATIONS: tuple[Sequence[str], ...] = (
    (
        "CREATE TABLE facts (name TEXT NOT NULL PRIMARY KEY, value TEXT NOT NULL) STRICT",
        """CREATE TABLE entries (
            task TEXT NOT NULL,
            name TEXT NOT NULL,
            team TEXT NOT NULL,
            received_at TEXT NOT NULL,
            counts INTEGER NOT NULL,
            stated INTEGER,
            PRIMARY KEY (task, name)
        ) STRICT, WITHOUT ROWID""",
        "CREATE INDEX entries_of_a_team ON entries (task, team, counts)",
        "CREATE INDEX entries_to_state ON entries (task, name) WHERE counts = 1 AND stated = 0",
        "CREATE INDEX entries_refused ON entries (task) WHERE counts = 0",
        """CREATE TABLE teams (
            task TEXT NOT NULL,
            team TEXT NOT NULL,
            change INTEGER NOT NULL,
            PRIMARY KEY (task, team)
        ) STRICT, WITHOUT ROWID""",
        """CREATE TABLE tasks (
            task TEXT NOT NULL PRIMARY KEY,
            latest TEXT
        ) STRICT, WITHOUT ROWID""",
        """CREATE TABLE team_rows (
            view TEXT NOT NULL,
            team TEXT NOT NULL,
            change INTEGER NOT NULL,
            rows TEXT NOT NULL,
            PRIMARY KEY (view, team)
        ) STRICT, WITHOUT ROWID""",
        "CREATE INDEX team_rows_by_change ON team_rows (view, change)",
        """CREATE TABLE checkpoints (
            name TEXT NOT NULL PRIMARY KEY,
            taken_in INTEGER NOT NULL,
            followed INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID""",
        "CREATE INDEX checkpoints_that_are_last ON checkpoints (name) WHERE taken_in = 1 AND followed = 0",
        """CREATE TABLE stated (
            bucket TEXT NOT NULL,
            key TEXT NOT NULL,
            digest TEXT NOT NULL,
            PRIMARY KEY (bucket, key)
        ) STRICT, WITHOUT ROWID""",
        "CREATE TABLE nodes (name TEXT NOT NULL PRIMARY KEY, hash TEXT NOT NULL) STRICT, WITHOUT ROWID",
    ),
)
