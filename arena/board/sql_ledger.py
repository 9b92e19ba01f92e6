"""The ledger in a database, for more records than a folder of files is good for.

The tables are append-only; an entry is the same bytes as in the ledger of files, so that either can be made of the
other without loss (``arena.board.copy``).
"""

import functools
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from arena.board import record_file
from arena.board.interface import Counts, Entry, News, Sight, entry_of, every, first_of, sight_of
from arena.errors import InfrastructureError
from arena.model.record import Record
from arena.store.engine import Store
from arena.store.ledger_migrations import LEDGER_MIGRATIONS

if TYPE_CHECKING:  # They need SQLAlchemy.
    from arena.store.ledger_rows import EntryRow, Found


_MOST = 10_000


@dataclass(frozen=True, slots=True)
class SqlLedger:
    """Records in the tables of ``store``; a ``Ledger``. Which of them counts is found out once for each."""

    store: Store
    counts: Counts = every
    _counted: dict[tuple[str, str], bool] = field(default_factory=dict, compare=False, repr=False)

    @classmethod
    def open(cls, path: Path, counts: Counts = every) -> "SqlLedger":
        """The ledger in the SQLite file ``path``, which is made when it is first written or read."""
        return cls(Store(path=path, migrations=LEDGER_MIGRATIONS), counts)

    def append(self, record: Record) -> bool:
        """Keep a record; return whether this call made it. One of the same id is left as it is."""
        from arena.store import ledger_rows

        with self.store.write() as connection:
            known = ledger_rows.beginning(connection, record.task, record.id)
            if self._first(known) is not None:
                return False
            return ledger_rows.add(connection, [_row(entry_of(record), record)]) > 0

    def get(self, task: str, record: str) -> Record | None:
        """The record of that id, if there is one."""
        from arena.store import ledger_rows

        with self.store.read() as connection:
            return self._first(ledger_rows.beginning(connection, task, record))

    def records(self, task: str) -> Iterator[Record]:
        """Every record of a task, in order of id."""
        yield from self.find(task, "")

    def of_team(self, task: str, team: str) -> list[Record]:
        """A team's records of a task, in the order in which they were received."""
        from arena.store import ledger_rows

        with self.store.read() as connection:
            found = self._each(ledger_rows.of_team(connection, task, team))
        return sorted(found, key=lambda record: (record.received_at, record.id))

    def latest(self, task: str) -> datetime | None:
        """The newest time of receipt of a task, ``None`` without records."""
        from arena.store import ledger_rows

        with self.store.read() as connection:
            for found in ledger_rows.newest(connection, task):
                if record := self._load(found):
                    return record.received_at
        return None

    def find(self, task: str, prefix: str) -> list[Record]:
        """The records whose id begins with ``prefix``."""
        from arena.store import ledger_rows

        with self.store.read() as connection:
            found = self._each(ledger_rows.beginning(connection, task, prefix))
        return sorted(found, key=lambda record: record.id)

    def refused(self, task: str) -> int:
        """How many entries of a task do not count."""
        from arena.store import ledger_rows

        if self.counts is every:
            return 0
        with self.store.read() as connection:
            return sum(self._load(found) is None for found in ledger_rows.beginning(connection, task, ""))

    def entry(self, task: str, name: str) -> Entry | None:
        """The entry of that name."""
        from arena.store import ledger_rows

        with self.store.read() as connection:
            data = ledger_rows.one(connection, task, name)
        return None if data is None else self._entry((task, name, data))

    def read(self, task: str, names: Collection[str], teams: Sequence[str] = ()) -> Iterator[Entry]:
        """The entries of these names that are there."""
        from arena.store import ledger_rows

        wanted = set(names)
        with self.store.read() as connection:
            # A team's entries are found together, while each name is looked up by itself.
            by_team = (found for team in teams for found in ledger_rows.of_team(connection, task, team))
            found = by_team if teams else ledger_rows.named(connection, task, list(names))
            yield from (self._entry(each) for each in found if each[1] in wanted)

    def news(self, cursor: str, known: Callable[[str, str], set[str]]) -> News:
        """What has come since ``cursor``, the number of an entry. Nothing ever goes."""
        del known
        news = News(cursor=cursor)
        news.new = self._new(news, int(cursor or 0))
        return news

    def _new(self, news: News, number: int) -> Iterator[Sight]:
        from arena.store import ledger_rows

        while True:
            with self.store.read() as connection:
                found = ledger_rows.since(connection, number, _MOST)
            for number_now, task, name, team, received_at in found:
                number = number_now
                if team is None or received_at is None:
                    # It holds no record, and says so.
                    yield sight_of(self._there(task, name))
                else:
                    load = functools.partial(self._loaded, task, name)
                    yield Sight(task=task, name=name, team=team, received_at=received_at, load=load)
            news.cursor = str(number)
            if len(found) < _MOST:
                return

    def _there(self, task: str, name: str) -> Entry:
        return next(self.read(task, [name]))

    def _loaded(self, task: str, name: str) -> Record:
        return self._there(task, name).load()

    def entries(self) -> Iterator[Entry]:
        """Every entry of every task."""
        from arena.store import ledger_rows

        with self.store.read() as connection:
            yield from map(self._entry, ledger_rows.everything(connection))

    def count(self) -> int:
        """How many entries there are."""
        from arena.store import ledger_rows

        with self.store.read() as connection:
            return ledger_rows.count(connection)

    def put(self, entry: Entry) -> bool:
        """Keep an entry as it is; return whether this call made it."""
        return self.put_all([entry]) > 0

    def put_all(self, entries: Iterable[Entry]) -> int:
        """Keep entries as they are, all or none; return how many this call made."""
        from arena.store import ledger_rows

        made = 0
        with self.store.write() as connection:
            for entry in entries:
                if ledger_rows.add(connection, [_row(entry, _record_in(entry))]):
                    made += 1
                elif ledger_rows.one(connection, entry.task, entry.name) != entry.data:
                    raise InfrastructureError("ledger.differs", file=entry.place)
        return made

    def checkpoints(self, known: Collection[str] = ()) -> Iterator[tuple[str, bytes]]:
        """Every checkpoint but those that are known, in order of name."""
        from arena.store import ledger_rows

        with self.store.read() as connection:
            for name in ledger_rows.checkpoint_names(connection):
                if name not in known and (data := ledger_rows.checkpoint(connection, name)) is not None:
                    yield name, data

    def put_checkpoint(self, name: str, data: bytes) -> bool:
        """Keep a checkpoint as it is; return whether this call made it."""
        from arena.store import ledger_rows

        with self.store.write() as connection:
            if ledger_rows.add_checkpoint(connection, name, data):
                return True
            if ledger_rows.checkpoint(connection, name) != data:
                raise InfrastructureError("ledger.differs", file=f"checkpoint {name}")
            return False

    def close(self) -> None:
        """Give the file back."""
        self.store.close()

    def _entry(self, found: "Found") -> Entry:
        task, name, data = found
        return Entry(task=task, name=name, data=data, place=f"{self.store.path}:{task}/{name}")

    def _load(self, found: "Found") -> Record | None:
        """The record of a row; ``None`` if it does not count."""
        entry = self._entry(found)
        record, key = entry.load(), (entry.task, entry.name)
        if key not in self._counted:
            self._counted[key] = self.counts(record)
        return record if self._counted[key] else None

    def _each(self, found: "Iterable[Found]") -> list[Record]:
        """The records that count, each id once."""
        by_id: dict[str, list[Record]] = {}
        for each in found:
            if record := self._load(each):
                by_id.setdefault(record.id, []).append(record)
        return [one for same in by_id.values() if (one := first_of(same))]

    def _first(self, found: "Iterable[Found]") -> Record | None:
        return next(iter(self._each(found)), None)


def _row(entry: Entry, record: Record | None) -> "EntryRow":
    from arena.store.ledger_rows import EntryRow

    return EntryRow(
        task=entry.task,
        name=entry.name,
        data=entry.data,
        team=record.team if record else None,
        received_at=record.received_at if record else None,
    )


def _record_in(entry: Entry) -> Record | None:
    """What the bytes hold, to look it up by; an entry that holds nothing is kept too: nothing is lost by a copy."""
    try:
        return record_file.load(entry.data, entry.place)
    except InfrastructureError:
        return None
