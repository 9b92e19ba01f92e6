"""Entries as rows of the store's table ``allowance_entries``. It needs SQLAlchemy: import it where a store is used.

Every function works in the caller's transaction.
"""

from sqlalchemy import ColumnElement, Connection, insert, select

from arena.allowance.account import Entry, EntryKind, evaluation_of
from arena.allowance.week import Week
from arena.store.schema import ALLOWANCE_ENTRIES as TABLE

_COLUMNS = TABLE.c


def append(connection: Connection, entry: Entry) -> None:
    """Add an entry. A second one of its kind for its attempt is refused by the table."""
    connection.execute(
        insert(TABLE).values(
            attempt=entry.attempt,
            kind=entry.kind.value,
            team=entry.team,
            task=entry.task,
            device_class=entry.device_class,
            unit=entry.unit,
            seconds=entry.seconds,
            at=entry.at,
            reason=entry.reason or None,
        )
    )


def of_attempt(connection: Connection, attempt: str) -> dict[EntryKind, Entry]:
    """The entries of one attempt, by kind."""
    return {entry.kind: entry for entry in _found(connection, _COLUMNS.attempt == attempt)}


def of_evaluation(connection: Connection, evaluation: str) -> dict[str, dict[EntryKind, Entry]]:
    """The entries of every attempt at one evaluation, by attempt and kind."""
    found: dict[str, dict[EntryKind, Entry]] = {}
    # "/" comes after ".": the range of all texts that begin with the prefix, which the table's index finds.
    for entry in _found(connection, _COLUMNS.attempt > f"{evaluation}.", _COLUMNS.attempt < f"{evaluation}/"):
        found.setdefault(entry.attempt, {})[entry.kind] = entry
    return found


def of_week(connection: Connection, week: Week, *, unit: str, team: str | None = None) -> list[Entry]:
    """Every entry in ``unit`` of attempts that were reserved in ``week``, whenever they ended; one team's, or all."""
    reserved = [
        _COLUMNS.kind == EntryKind.RESERVE.value,
        _COLUMNS.at >= week.begins,
        _COLUMNS.at < week.ends,
        _COLUMNS.unit == unit,
    ]
    if team is not None:
        reserved.append(_COLUMNS.team == team)
    return _found(connection, _COLUMNS.attempt.in_(select(_COLUMNS.attempt).where(*reserved)))


def open_reservations(connection: Connection) -> list[str]:
    """The attempts that have neither been settled nor refunded."""
    ended = select(_COLUMNS.attempt).where(_COLUMNS.kind != EntryKind.RESERVE.value)
    return [entry.attempt for entry in _found(connection, _COLUMNS.attempt.not_in(ended))]


def charged_evaluations(connection: Connection) -> set[str]:
    """The evaluations of which some attempt was settled, or is open: all but those that were only ever given up."""
    kinds: dict[str, set[str]] = {}
    for attempt, kind in connection.execute(select(_COLUMNS.attempt, _COLUMNS.kind)):
        kinds.setdefault(attempt, set()).add(kind)
    given_up = {EntryKind.RESERVE.value, EntryKind.REFUND.value}
    return {evaluation_of(attempt) for attempt, found in kinds.items() if found != given_up}


def _found(connection: Connection, *conditions: ColumnElement[bool]) -> list[Entry]:
    rows = connection.execute(select(TABLE).where(*conditions).order_by(_COLUMNS.id))
    return [
        Entry(
            attempt=row.attempt,
            kind=EntryKind(row.kind),
            team=row.team,
            task=row.task,
            device_class=row.device_class,
            unit=row.unit,
            seconds=row.seconds,
            at=row.at,
            reason=row.reason or "",
        )
        for row in rows
    ]
