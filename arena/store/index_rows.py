"""Rows of the index of a ledger. It needs SQLAlchemy: import it where the index is used.

What they mean stands in ``index_migrations``. Every function works in the caller's transaction. Plain statements: each
is run a million times when an index is made anew.
"""

from collections.abc import Iterable, Sequence

from sqlalchemy import Connection as Connection  # noqa: PLC0414 - who works in a transaction names it by this

from arena.model import merkle

# task, name, team, received_at in UTC as text, counts, stated
EntryFacts = tuple[str, str, str, str, int, int | None]


def fact(connection: Connection, name: str) -> str | None:
    """What is noted under a name."""
    found = connection.exec_driver_sql("SELECT value FROM facts WHERE name = ?", (name,)).scalar()
    return None if found is None else str(found)


def note(connection: Connection, name: str, value: str) -> None:
    """Note something under a name."""
    connection.exec_driver_sql("INSERT OR REPLACE INTO facts VALUES (?, ?)", (name, value))


def clear(connection: Connection) -> None:
    """Forget everything."""
    for table in ("facts", "entries", "teams", "tasks", "team_rows", "checkpoints", "stated", "nodes"):
        connection.exec_driver_sql(f"DELETE FROM {table}")  # noqa: S608 - the names stand here


def next_change(connection: Connection) -> int:
    """A number that is higher than that of every change until now."""
    number = int(fact(connection, "change") or 0) + 1
    note(connection, "change", str(number))
    return number


def add(connection: Connection, entries: Sequence[EntryFacts], change: int) -> None:
    """Take entries in; their teams have changed."""
    if not entries:
        return
    connection.exec_driver_sql("INSERT OR REPLACE INTO entries VALUES (?, ?, ?, ?, ?, ?)", list(entries))
    touch(connection, {(entry[0], entry[2]) for entry in entries}, change)
    latest: dict[str, str] = {}
    for task, _, _, received_at, counts, _ in entries:
        if counts and received_at > latest.get(task, ""):
            latest[task] = received_at
    for task, moment in latest.items():
        connection.exec_driver_sql(
            "INSERT INTO tasks VALUES (?, ?)"
            " ON CONFLICT DO UPDATE SET latest = max(ifnull(latest, ''), excluded.latest)",
            (task, moment),
        )


def remove(connection: Connection, entries: Iterable[tuple[str, str]], change: int) -> None:
    """Forget entries that are gone; their teams have changed."""
    tasks = set()
    for task, name in entries:
        team = connection.exec_driver_sql(
            "DELETE FROM entries WHERE task = ? AND name = ? RETURNING team", (task, name)
        ).scalar()
        if team is not None:
            touch(connection, {(task, str(team))}, change)
            tasks.add(task)
    for task in tasks:
        connection.exec_driver_sql(
            "INSERT OR REPLACE INTO tasks SELECT ?, max(received_at) FROM entries WHERE task = ? AND counts = 1",
            (task, task),
        )


def touch(connection: Connection, teams: Iterable[tuple[str, str]], change: int) -> None:
    """Note that teams have changed."""
    rows = [(task, team, change) for task, team in teams]
    connection.exec_driver_sql("INSERT OR REPLACE INTO teams VALUES (?, ?, ?)", rows)


def names(connection: Connection, task: str, prefix: str) -> set[str]:
    """The names of a task's entries that begin so; all those of digits and points are less than ``g``."""
    found = connection.exec_driver_sql(
        "SELECT name FROM entries WHERE task = ? AND name >= ? AND name < ?", (task, prefix, f"{prefix}g")
    )
    return {str(name) for (name,) in found}


def of_teams(connection: Connection, task: str, teams: Iterable[str]) -> list[str]:
    """The names of the entries of teams that count."""
    # Named: without statistics SQLite takes the primary key instead, and walks through the whole task.
    query = "SELECT name FROM entries INDEXED BY entries_of_a_team WHERE task = ? AND team = ? AND counts = 1"
    return [str(name) for team in teams for (name,) in connection.exec_driver_sql(query, (task, team))]


def latest(connection: Connection, task: str) -> str | None:
    """The newest time of receipt of what counts."""
    found = connection.exec_driver_sql("SELECT latest FROM tasks WHERE task = ?", (task,)).scalar()
    return str(found) if found else None


def refused(connection: Connection, task: str) -> int:
    """How many entries of a task do not count."""
    return int(
        connection.exec_driver_sql("SELECT count(*) FROM entries WHERE task = ? AND counts = 0", (task,)).scalar_one()
    )


def stale_teams(connection: Connection, view: str, task: str) -> list[tuple[str, int]]:
    """The teams whose rows in a view are older than their entries, each with the number of its change."""
    found = connection.exec_driver_sql(
        "SELECT t.team, t.change FROM teams t LEFT JOIN team_rows r ON r.view = ? AND r.team = t.team"
        " WHERE t.task = ? AND (r.change IS NULL OR r.change < t.change) ORDER BY t.team",
        (view, task),
    )
    return [(str(team), int(change)) for team, change in found]


def put_rows(connection: Connection, view: str, rows: Iterable[tuple[str, int, str]]) -> None:
    """Keep the rows of teams in a view, as of a change."""
    connection.exec_driver_sql(
        "INSERT OR REPLACE INTO team_rows VALUES (?, ?, ?, ?)",
        [(view, team, change, text) for team, change, text in rows],
    )


def rows_since(connection: Connection, view: str, change: int) -> list[tuple[str, int, str]]:
    """The rows of a view that came after that change."""
    found = connection.exec_driver_sql(
        "SELECT team, change, rows FROM team_rows WHERE view = ? AND change > ?", (view, change)
    )
    return [(str(team), int(number), str(text)) for team, number, text in found]


def checkpoint_names(connection: Connection) -> set[str]:
    """The checkpoints that were taken in."""
    return {str(name) for (name,) in connection.exec_driver_sql("SELECT name FROM checkpoints WHERE taken_in = 1")}


def heads(connection: Connection) -> tuple[str, ...]:
    """The checkpoints that no other one follows, in order of name."""
    found = connection.exec_driver_sql("SELECT name FROM checkpoints WHERE taken_in = 1 AND followed = 0 ORDER BY name")
    return tuple(str(name) for (name,) in found)


def add_checkpoint(
    connection: Connection, name: str, previous: Iterable[str], added: Iterable[tuple[str, str]]
) -> None:
    """Take a checkpoint in, and bring the tree over all that is stated up to date."""
    connection.exec_driver_sql(
        "INSERT INTO checkpoints VALUES (?, 1, 0) ON CONFLICT DO UPDATE SET taken_in = 1", (name,)
    )
    for each in previous:
        connection.exec_driver_sql(
            "INSERT INTO checkpoints VALUES (?, 0, 1) ON CONFLICT DO UPDATE SET followed = 1", (each,)
        )
    state(connection, added)


def state(connection: Connection, added: Iterable[tuple[str, str]]) -> None:
    """Note entries as stated, by key with their digests, and bring the tree up to date."""
    rows = [(merkle.bucket_of(key), key, digest) for key, digest in added]
    if not rows:
        return
    new = connection.exec_driver_sql("INSERT OR IGNORE INTO stated VALUES (?, ?, ?)", rows).rowcount
    note(connection, "stated", str(int(fact(connection, "stated") or 0) + new))
    connection.exec_driver_sql(
        "UPDATE entries SET stated = 1 WHERE task = ? AND name = ?", [tuple(key.split("/", 1)) for _, key, _ in rows]
    )
    buckets = {bucket for bucket, _, _ in rows}
    for bucket in buckets:
        _put_node(connection, bucket, "SELECT key, digest FROM stated WHERE bucket = ?", (bucket,))
    for branch in {bucket[: merkle.BRANCH_DIGITS] for bucket in buckets}:
        below = "SELECT name, hash FROM nodes WHERE length(name) = ? AND name >= ? AND name < ?"
        _put_node(connection, branch, below, (merkle.BUCKET_DIGITS, branch, f"{branch}g"))
    _put_node(connection, "", "SELECT name, hash FROM nodes WHERE length(name) = ?", (merkle.BRANCH_DIGITS,))


def _put_node(connection: Connection, name: str, below: str, given: tuple[object, ...]) -> None:
    children = [(str(child), str(value)) for child, value in connection.exec_driver_sql(below, given)]
    connection.exec_driver_sql("INSERT OR REPLACE INTO nodes VALUES (?, ?)", (name, merkle.node(children)))


def root(connection: Connection) -> tuple[int, str]:
    """How many entries are stated, and the hash over all of them."""
    found = connection.exec_driver_sql("SELECT hash FROM nodes WHERE name = ''").scalar()
    return int(fact(connection, "stated") or 0), merkle.node([]) if found is None else str(found)


def is_stated(connection: Connection, key: str) -> bool:
    """Whether a checkpoint states an entry."""
    given = (merkle.bucket_of(key), key)
    return connection.exec_driver_sql("SELECT 1 FROM stated WHERE bucket = ? AND key = ?", given).scalar() is not None


def to_state(connection: Connection, most: int) -> list[tuple[str, str]]:
    """Entries that count and that no checkpoint states, at most so many, in order: task and name."""
    found = connection.exec_driver_sql(
        "SELECT task, name FROM entries WHERE counts = 1 AND stated = 0 ORDER BY task, name LIMIT ?", (most,)
    )
    return [(str(task), str(name)) for task, name in found]
