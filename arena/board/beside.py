"""The ledger of a grader whose signature the workspace does not trust: it reads the public one, and keeps its own."""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from arena.board.interface import Entry, Ledger, News
from arena.model.record import Record


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalLedger:
    """A ``Ledger``: what the public one has stands, and what it lacks is kept in ``own``, which nobody else sees.

    ``said`` is called whenever a record is kept so.
    """

    public: Ledger
    own: Ledger
    said: Callable[[], None] = lambda: None

    def append(self, record: Record) -> bool:
        """Keep a record in the own ledger, unless there is one in either."""
        if self.public.get(record.task, record.id) is not None or not self.own.append(record):
            return False
        self.said()
        return True

    def get(self, task: str, record: str) -> Record | None:
        """The record of that id, the public one first."""
        return self.public.get(task, record) or self.own.get(task, record)

    def records(self, task: str) -> Iterator[Record]:
        """Every record of either, in order of id."""
        found = {record.id: record for ledger in (self.own, self.public) for record in ledger.records(task)}
        yield from [found[name] for name in sorted(found)]

    def of_team(self, task: str, team: str) -> list[Record]:
        """A team's records of either, in the order in which they were received."""
        found = {record.id: record for ledger in (self.own, self.public) for record in ledger.of_team(task, team)}
        return sorted(found.values(), key=lambda record: (record.received_at, record.id))

    def latest(self, task: str) -> datetime | None:
        """The newest time of receipt in either."""
        return max(filter(None, (self.public.latest(task), self.own.latest(task))), default=None)

    def find(self, task: str, prefix: str) -> list[Record]:
        """The records of either whose id begins with ``prefix``."""
        return [record for record in self.records(task) if record.id.startswith(prefix)]

    def refused(self, task: str) -> int:
        """How many entries of the public one do not count."""
        return self.public.refused(task)

    def entry(self, task: str, name: str) -> Entry | None:
        """The public entry of that name."""
        return self.public.entry(task, name)

    def read(self, task: str, names: Collection[str], teams: Sequence[str] = ()) -> Iterator[Entry]:
        """The public entries of these names."""
        return self.public.read(task, names, teams)

    def news(self, cursor: str, known: Callable[[str, str], set[str]]) -> News:
        """What is new in the public one."""
        return self.public.news(cursor, known)

    def entries(self) -> Iterator[Entry]:
        """Every public entry."""
        return self.public.entries()

    def count(self) -> int:
        """How many public entries there are."""
        return self.public.count()

    def put(self, entry: Entry) -> bool:
        """Keep an entry in the own ledger."""
        return self.own.put(entry)

    def put_all(self, entries: Iterable[Entry]) -> int:
        """Keep entries in the own ledger."""
        return self.own.put_all(entries)

    def checkpoints(self, known: Collection[str] = ()) -> Iterator[tuple[str, bytes]]:
        """Every public checkpoint."""
        return self.public.checkpoints(known)

    def put_checkpoint(self, name: str, data: bytes) -> bool:
        """Keep a checkpoint in the own ledger."""
        return self.own.put_checkpoint(name, data)

    def close(self) -> None:
        """Close both."""
        self.public.close()
        self.own.close()
