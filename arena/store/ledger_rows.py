"""Entries of the ledger of records as rows. It needs SQLAlchemy: import it where a store is used.

What an entry means, and which counts, stands in ``arena.board``; here it is bytes under a name, with the columns by
which it is looked up. Every function works in the caller's transaction.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import Connection, Select, Text, bindparam, func, select, type_coerce
from sqlalchemy.dialects.sqlite import insert

from arena.store.schema import LEDGER_CHECKPOINTS, LEDGER_ENTRIES

_CHUNK = 1000
# It sorts after every digit and the point: between a prefix and the prefix with it stand all names that begin so.
_AFTER = "g"

_COLUMNS, _CHECKPOINTS = LEDGER_ENTRIES.c, LEDGER_CHECKPOINTS.c
# Built once: to build a statement takes longer than to run it.
_ENTRY = select(_COLUMNS.task, _COLUMNS.name, _COLUMNS.data)
_ONE = select(_COLUMNS.data).where(_COLUMNS.task == bindparam("task"), _COLUMNS.name == bindparam("name"))
_OF_TASK = _ENTRY.where(_COLUMNS.task == bindparam("task"))
_BEGINNING = _OF_TASK.where(_COLUMNS.name >= bindparam("first"), _COLUMNS.name < bindparam("after"))
_OF_TEAM = _OF_TASK.where(_COLUMNS.team == bindparam("team"))
_NEWEST = _OF_TASK.where(_COLUMNS.received_at.is_not(None)).order_by(_COLUMNS.received_at.desc())
_ALL = _ENTRY.order_by(_COLUMNS.task, _COLUMNS.name)
_SINCE = select(
    _COLUMNS.id,
    _COLUMNS.task,
    _COLUMNS.name,
    _COLUMNS.team,
    type_coerce(_COLUMNS.received_at, Text).label("received_at"),
).where(_COLUMNS.id > bindparam("id"))
_NAMED = _OF_TASK.where(_COLUMNS.name.in_(bindparam("names", expanding=True)))
_ADD = insert(LEDGER_ENTRIES).on_conflict_do_nothing()
_STATED = select(_CHECKPOINTS.name).order_by(_CHECKPOINTS.name)
_STATEMENT = select(_CHECKPOINTS.data).where(_CHECKPOINTS.name == bindparam("name"))
_STATE = insert(LEDGER_CHECKPOINTS).on_conflict_do_nothing()

Found = tuple[str, str, bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryRow:
    """One entry. ``team`` and ``received_at`` are ``None`` where the bytes hold no record."""

    task: str
    name: str
    data: bytes
    team: str | None
    received_at: datetime | None


def add(connection: Connection, rows: Sequence[EntryRow]) -> int:
    """Keep entries whose names are new; return how many were."""
    return sum(connection.execute(_ADD, asdict(row)).rowcount for row in rows)


def one(connection: Connection, task: str, name: str) -> bytes | None:
    """The bytes of the entry of that name."""
    return connection.execute(_ONE, {"task": task, "name": name}).scalar_one_or_none()


def add_many(connection: Connection, rows: Sequence[EntryRow]) -> None:
    """Keep entries whose names are new, in one go."""
    if rows:
        connection.execute(_ADD, [asdict(row) for row in rows])


def beginning(connection: Connection, task: str, prefix: str) -> list[Found]:
    """Every entry of a task whose name begins so, in order of name."""
    given = {"task": task, "first": prefix, "after": prefix + _AFTER}
    return _found(connection, _BEGINNING.order_by(_COLUMNS.name), given)


def of_team(connection: Connection, task: str, team: str) -> list[Found]:
    """Every entry of a team."""
    return _found(connection, _OF_TEAM, {"task": task, "team": team})


def newest(connection: Connection, task: str) -> Iterator[Found]:
    """The entries of a task, the last received first."""
    rows = connection.execution_options(yield_per=_CHUNK).execute(_NEWEST, {"task": task})
    return ((row.task, row.name, row.data) for row in rows)


def everything(connection: Connection) -> Iterator[Found]:
    """Every entry of every task, in order of task and name."""
    rows = connection.execution_options(yield_per=_CHUNK).execute(_ALL)
    return ((row.task, row.name, row.data) for row in rows)


def since(connection: Connection, number: int, most: int) -> list[tuple[int, str, str, str | None, str | None]]:
    """Of the entries that came after that one, in order of arrival, so many: number, task, name, team, time in UTC."""
    rows = connection.execute(_SINCE.order_by(_COLUMNS.id).limit(most), {"id": number})
    return [(row.id, row.task, row.name, row.team, row.received_at) for row in rows]


def named(connection: Connection, task: str, names: Sequence[str]) -> Iterator[Found]:
    """The entries of those names."""
    for start in range(0, len(names), _CHUNK):
        yield from _found(connection, _NAMED, {"task": task, "names": names[start : start + _CHUNK]})


def count(connection: Connection) -> int:
    """How many entries there are."""
    return connection.execute(select(func.count()).select_from(LEDGER_ENTRIES)).scalar_one()


def checkpoint_names(connection: Connection) -> list[str]:
    """The names of all checkpoints, in order."""
    return list(connection.execute(_STATED).scalars())


def checkpoint(connection: Connection, name: str) -> bytes | None:
    """The bytes of a checkpoint."""
    return connection.execute(_STATEMENT, {"name": name}).scalar_one_or_none()


def add_checkpoint(connection: Connection, name: str, data: bytes) -> bool:
    """Keep a checkpoint unless there is one of its name; return whether this call made it."""
    return connection.execute(_STATE, {"name": name, "data": data}).rowcount > 0


def _found(
    connection: Connection, statement: Select[tuple[str, str, bytes]], given: Mapping[str, object]
) -> list[Found]:
    return [(row.task, row.name, row.data) for row in connection.execute(statement, given)]
