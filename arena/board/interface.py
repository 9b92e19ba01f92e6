"""What a ledger promises, whatever keeps it.

Theory of operation. An *entry* is the bytes of one record under a name: ``<id>`` where it is not signed, else
``<id>.<first 16 digits of its SHA-256>``. An entry is made once and never changed. Of one evaluation there may be
several entries: two graders that worked apart, each in its own clone, have both graded it. Their names differ, so that
nothing conflicts when the clones are merged; the one that was graded first counts, and it is the same one on either
side. An entry that ``counts`` refuses, by its signature, is as if it were not there, except for who looks at entries.

A *checkpoint* is a signed statement of what the ledger holds (``arena.board.checkpoints``), kept beside the entries
under the SHA-256 of its bytes.
"""

import hashlib
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Protocol

from arena.board import record_file
from arena.errors import InfrastructureError
from arena.model.record import Record, grading_order, record_id

NAME = re.compile(r"([0-9a-f]{32})(?:\.[0-9a-f]{16})?")
_DIGITS = 16

Counts = Callable[[Record], bool]


def every(_: Record) -> bool:
    """Where no key is trusted, every record counts."""
    return True


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One record as it is kept. ``place`` tells people where; what lies where none belongs has a name that none has."""

    task: str
    name: str
    data: bytes
    place: str

    @property
    def digest(self) -> str:
        """SHA-256 of the bytes."""
        return hashlib.sha256(self.data).hexdigest()

    def load(self) -> Record:
        """The record.

        Raises:
            InfrastructureError: it is none, or not the one of its name and task.
        """
        return checked(record_file.load(self.data, self.place), self.task, self.name, self.place)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """What an index notes of an entry; ``load`` gives the record where that is not enough."""

    task: str
    name: str
    team: str
    received_at: str
    load: Callable[[], Record]


@dataclass(slots=True)
class News:
    """What has come since a cursor. ``gone`` and ``cursor`` are known when ``new`` was read to its end."""

    new: Iterator[Sight] = field(default_factory=lambda: iter(()))
    gone: list[tuple[str, str]] = field(default_factory=list)
    cursor: str = ""


class Ledger(Protocol):
    """The records of a workspace. Each method but ``append`` and ``put…`` sees what others have appended since.

    Raises:
        InfrastructureError: from every method, where what it reads is no record, or cannot be read or written.
    """

    def append(self, record: Record) -> bool:
        """Keep a record, durably; return whether this call made it. An evaluation that has one is left as it is."""
        ...

    def get(self, task: str, record: str) -> Record | None:
        """The record of that id, if there is one."""
        ...

    def records(self, task: str) -> Iterator[Record]:
        """Every record of a task, each id once, in order of id."""
        ...

    def of_team(self, task: str, team: str) -> list[Record]:
        """A team's records of a task, in the order in which they were received."""
        ...

    def latest(self, task: str) -> datetime | None:
        """The newest time of receipt of a task's entries, ``None`` without any."""
        ...

    def find(self, task: str, prefix: str) -> list[Record]:
        """The records whose id begins with ``prefix``, in order of id."""
        ...

    def refused(self, task: str) -> int:
        """How many entries of a task ``counts`` refuses."""
        ...

    def entry(self, task: str, name: str) -> Entry | None:
        """The entry of that name as it is, if there is one."""
        ...

    def read(self, task: str, names: Collection[str], teams: Sequence[str] = ()) -> Iterator[Entry]:
        """The entries of these names that are there; ``teams`` says whose they are, where that is known."""
        ...

    def news(self, cursor: str, known: Callable[[str, str], set[str]]) -> News:
        """What has come and gone since ``cursor``, which is empty at first; whatever is new is seen again and again.

        ``known`` tells which names of a task that begin so were seen before.
        """
        ...

    def entries(self) -> Iterator[Entry]:
        """Every entry of every task as it is, unread, in order of task and name."""
        ...

    def count(self) -> int:
        """How many entries there are."""
        ...

    def put(self, entry: Entry) -> bool:
        """Keep an entry as it is; return whether this call made it.

        Raises:
            InfrastructureError: there is one of its name with other bytes.
        """
        ...

    def put_all(self, entries: Iterable[Entry]) -> int:
        """Keep entries as they are; return how many this call made.

        Raises:
            InfrastructureError: as of ``put``.
        """
        ...

    def checkpoints(self, known: Collection[str] = ()) -> Iterator[tuple[str, bytes]]:
        """Every checkpoint but those that are known: its name and its bytes, in order of name."""
        ...

    def put_checkpoint(self, name: str, data: bytes) -> bool:
        """Keep a checkpoint as it is; return whether this call made it."""
        ...

    def close(self) -> None:
        """Give files back. The next call opens them again."""
        ...


def entry_of(record: Record) -> Entry:
    """The entry that ``append`` keeps."""
    data = record_file.dump(record)
    name = record.id if record.signature is None else f"{record.id}.{hashlib.sha256(data).hexdigest()[:_DIGITS]}"
    return Entry(task=record.task, name=name, data=data, place=name)


def checked(record: Record, task: str, name: str, place: str) -> Record:
    """The record, if it is the one that its name and task promise.

    Raises:
        InfrastructureError: it is another one.
    """
    match = NAME.fullmatch(name)
    if match is None or record.id != match.group(1):
        raise InfrastructureError("ledger.unreadable", file=place, reason="its id is not its name")
    derived = record_id(
        team=record.team,
        submission_digest=record.submission_digest,
        task_digest=record.task_digest,
        evaluation=record.evaluation,
    )
    if record.id != derived:
        raise InfrastructureError("ledger.unreadable", file=place, reason="its id is another record's")
    if record.task != task:
        raise InfrastructureError("ledger.unreadable", file=place, reason="it is of another task")
    return record


def sight_of(entry: Entry) -> Sight:
    """What an index notes of an entry, from its bytes."""
    record = entry.load()
    moment = record.received_at.astimezone(UTC).isoformat(timespec="microseconds")
    return Sight(task=entry.task, name=entry.name, team=record.team, received_at=moment, load=lambda: record)


def first_of(records: Iterable[Record]) -> Record | None:
    """Of several records of one evaluation the one that counts."""
    return min(records, key=grading_order, default=None)
