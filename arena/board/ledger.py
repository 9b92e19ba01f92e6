"""The ledger as files: one a record, named by its id, created once and never changed.

    <root>/<task>/<first two digits of the id>/<id>.json

Concurrent writers cannot conflict: the same evaluation has the same name, and the first to link it wins. Each record
is read once: it never changes, and a folder's time of change tells whether another writer put one in or took one out.
So what a look-up costs does not grow with the records that are there.
"""

import os
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from arena.board import record_file
from arena.errors import InfrastructureError
from arena.files import create_once
from arena.model.record import Record, record_id

_FOLDER = re.compile(r"[0-9a-f]{2}")
_SUFFIX = ".json"
# A file system stamps changes in steps, of the kernel's tick or, as FAT, of two seconds: a folder that changed so
# shortly before it was listed may have changed again under the same time.
_SECOND_NS = 1_000_000_000
_STEP_NS, _COARSE_STEP_NS = 50_000_000, 2 * _SECOND_NS


@dataclass(slots=True)
class _Folder:
    """What was found in one folder, and the time of its last change if that can be relied on."""

    changed_ns: int | None = None
    records: dict[str, Record] = field(default_factory=dict)


@dataclass(slots=True)
class _Seen:
    """What was read of one task."""

    folders: dict[str, _Folder] = field(default_factory=dict)
    by_team: dict[str, dict[str, Record]] = field(default_factory=dict)
    latest: datetime | None = None

    def add(self, record: Record) -> None:
        """Count a record in."""
        self.by_team.setdefault(record.team, {})[record.id] = record
        if self.latest is None or record.received_at > self.latest:
            self.latest = record.received_at

    def count_anew(self) -> None:
        """Count all again: something was taken away."""
        self.by_team, self.latest = {}, None
        for folder in self.folders.values():
            for record in folder.records.values():
                self.add(record)


@dataclass(frozen=True, slots=True)
class FileLedger:
    """Records below ``root``."""

    root: Path
    _seen: dict[str, _Seen] = field(default_factory=dict, compare=False, repr=False)

    def _path(self, task: str, record: str) -> Path:
        return self.root / task / record[:2] / f"{record}{_SUFFIX}"

    def append(self, record: Record) -> bool:
        """Keep a record; return whether this call made it. One of the same id is left as it is."""
        return create_once(self._path(record.task, record.id), record_file.dump(record))

    def get(self, task: str, record: str) -> Record | None:
        """The record of that id, if there is one."""
        try:
            return _load(self._path(task, record))
        except FileNotFoundError:
            return None

    def records(self, task: str) -> Iterator[Record]:
        """Every record of a task, in order of id."""
        folders = self._look(task).folders
        found = [known.records for _, known in sorted(folders.items())]
        yield from [records[name] for records in found for name in sorted(records)]

    def of_team(self, task: str, team: str) -> list[Record]:
        """A team's records of a task, in the order in which they were received."""
        found = self._look(task).by_team.get(team, {})
        return sorted(found.values(), key=lambda record: (record.received_at, record.id))

    def latest(self, task: str) -> datetime | None:
        """When the newest submission to a task was received; ``None`` where there is no record."""
        return self._look(task).latest

    def find(self, task: str, prefix: str) -> list[Record]:
        """The records whose id begins with ``prefix``."""
        return [record for record in self.records(task) if record.id.startswith(prefix)]

    def _look(self, task: str) -> _Seen:
        """Read what has come since the last look."""
        seen = self._seen.setdefault(task, _Seen())
        try:
            with os.scandir(self.root / task) as found:
                folders = {each.name: each for each in found if _FOLDER.fullmatch(each.name)}
        except FileNotFoundError:
            folders = {}
        shrunk = False
        for name in seen.folders.keys() - folders.keys():
            shrunk |= bool(seen.folders.pop(name).records)
        for name, entry in folders.items():
            known = seen.folders.setdefault(name, _Folder())
            # Looked at before the folder is listed: what comes in between is found at the next look.
            changed_ns = entry.stat().st_mtime_ns
            if known.changed_ns != changed_ns:
                shrunk |= _list(Path(entry.path), known, seen)
                step_ns = _STEP_NS if changed_ns % _SECOND_NS else _COARSE_STEP_NS
                known.changed_ns = changed_ns if changed_ns < time.time_ns() - step_ns else None
        if shrunk:
            seen.count_anew()
        return seen


def _list(path: Path, known: _Folder, seen: _Seen) -> bool:
    """Read the records of one folder that are new; return whether one that was there is gone."""
    known.changed_ns = None
    # Not by pathlib, which would take most of the time of a look.
    names = {name for name in os.listdir(path) if name.endswith(_SUFFIX)}  # noqa: PTH208
    for name in sorted(names - known.records.keys()):
        try:
            record = _load(path / name)
        except FileNotFoundError:
            continue  # Taken away since.
        known.records[name] = record
        seen.add(record)
    gone = known.records.keys() - names
    for name in gone:
        del known.records[name]
    return bool(gone)


def _load(path: Path) -> Record:
    record = record_file.load(path.read_bytes(), str(path))
    if record.id != path.stem:
        raise InfrastructureError("ledger.unreadable", file=str(path), reason="its id is not its name")
    if record.id != _derived_id(record):
        raise InfrastructureError("ledger.unreadable", file=str(path), reason="its id is another record's")
    return record


def _derived_id(record: Record) -> str:
    return record_id(
        team=record.team,
        submission_digest=record.submission_digest,
        task_digest=record.task_digest,
        evaluation=record.evaluation,
    )
