"""The ledger as files: one a record, named by its id, created once and never changed.

    <root>/<task>/<first two digits of the id>/<id>.json

Concurrent writers cannot conflict: the same evaluation has the same name, and the first to link it wins.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from arena.board import record_file
from arena.errors import InfrastructureError
from arena.files import create_once
from arena.model.record import Record, record_id


@dataclass(frozen=True, slots=True)
class FileLedger:
    """Records below ``root``. One that was read once is not read again: it never changes."""

    root: Path
    _known: dict[Path, Record] = field(default_factory=dict, compare=False, repr=False)

    def _path(self, task: str, record: str) -> Path:
        return self.root / task / record[:2] / f"{record}.json"

    def append(self, record: Record) -> bool:
        """Keep a record; return whether this call made it. One of the same id is left as it is."""
        return create_once(self._path(record.task, record.id), record_file.dump(record))

    def get(self, task: str, record: str) -> Record | None:
        """The record of that id, if there is one."""
        try:
            return self._load(self._path(task, record))
        except FileNotFoundError:
            return None

    def records(self, task: str) -> Iterator[Record]:
        """Every record of a task, in order of id."""
        for path in sorted((self.root / task).glob("[0-9a-f][0-9a-f]/*.json")):
            yield self._load(path)

    def find(self, task: str, prefix: str) -> list[Record]:
        """The records whose id begins with ``prefix``."""
        return [record for record in self.records(task) if record.id.startswith(prefix)]

    def _load(self, path: Path) -> Record:
        if path not in self._known:
            record = record_file.load(path.read_bytes(), str(path))
            if record.id != path.stem:
                raise InfrastructureError("ledger.unreadable", file=str(path), reason="its id is not its name")
            if record.id != _derived_id(record):
                raise InfrastructureError("ledger.unreadable", file=str(path), reason="its id is another record's")
            self._known[path] = record
        return self._known[path]


def _derived_id(record: Record) -> str:
    return record_id(
        team=record.team,
        submission_digest=record.submission_digest,
        task_digest=record.task_digest,
        evaluation=record.evaluation,
    )
