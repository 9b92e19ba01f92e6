"""The ledger as files: one an entry, named by its id, created once and never changed.

    <root>/<task>/<first two digits of the id>/<name>.json
    <root>/_checkpoints/<sha-256>.json

Concurrent writers cannot conflict: the same evaluation has the same name, and the first to link it wins; in clones that
git merges later, signed entries of one evaluation have names of their own. Each record is read once: it never changes,
and a folder's time of change tells whether another writer put one in or took one out. So what a look-up costs does not
grow with the records that are there.
"""

import json
import os
import re
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from arena.board.interface import Counts, Entry, News, Sight, entry_of, every, first_of, sight_of
from arena.errors import InfrastructureError
from arena.files import create_once
from arena.model.record import Record, grading_order

_FOLDER = re.compile(r"[0-9a-f]{2}")
_SUFFIX = ".json"
_CHECKPOINTS = "_checkpoints"
# A file system stamps changes in steps, of the kernel's tick or, as FAT, of two seconds: a folder that changed so
# shortly before it was listed may have changed again under the same time.
_SECOND_NS = 1_000_000_000
_STEP_NS, _COARSE_STEP_NS = 50_000_000, 2 * _SECOND_NS


@dataclass(slots=True)
class _Folder:
    """What was found in one folder, and the time of its last change if that can be relied on.

    ``None`` stands for a record that does not count.
    """

    changed_ns: int | None = None
    records: dict[str, Record | None] = field(default_factory=dict)


@dataclass(slots=True)
class _Seen:
    """What was read of one task: by id and by team the records that count, each evaluation once."""

    folders: dict[str, _Folder] = field(default_factory=dict)
    by_id: dict[str, Record] = field(default_factory=dict)
    by_team: dict[str, dict[str, Record]] = field(default_factory=dict)
    latest: datetime | None = None
    refused: int = 0

    def add(self, record: Record | None) -> None:
        """Count a record in."""
        if record is None:
            self.refused += 1
            return
        if self.latest is None or record.received_at > self.latest:
            self.latest = record.received_at
        known = self.by_id.get(record.id)
        if known is None or grading_order(record) < grading_order(known):
            self.by_id[record.id] = record
            self.by_team.setdefault(record.team, {})[record.id] = record

    def count_anew(self) -> None:
        """Count all again: something was taken away."""
        self.by_id, self.by_team, self.latest, self.refused = {}, {}, None, 0
        for folder in self.folders.values():
            for record in folder.records.values():
                self.add(record)


@dataclass(frozen=True, slots=True)
class FileLedger:
    """Records below ``root``; a ``Ledger``."""

    root: Path
    counts: Counts = every
    _seen: dict[str, _Seen] = field(default_factory=dict, compare=False, repr=False)

    def _folder(self, task: str, record: str) -> Path:
        return self.root / task / record[:2]

    def append(self, record: Record) -> bool:
        """Keep a record; return whether this call made it. One of the same id is left as it is."""
        if record.signature is not None and self.get(record.task, record.id) is not None:
            return False
        entry = entry_of(record)
        return create_once(self._folder(record.task, record.id) / f"{entry.name}{_SUFFIX}", entry.data)

    def get(self, task: str, record: str) -> Record | None:
        """The record of that id, if there is one."""
        folder = self._folder(task, record)
        try:
            names = [name for name in os.listdir(folder) if name.startswith(record)]  # noqa: PTH208 - it is quicker
            found = [self._load(folder / name, task) for name in names if name.endswith(_SUFFIX)]
        except FileNotFoundError:
            return None
        return first_of(each for each in found if each is not None)

    def records(self, task: str) -> Iterator[Record]:
        """Every record of a task, in order of id."""
        found = self._look(task).by_id
        yield from [found[name] for name in sorted(found)]

    def of_team(self, task: str, team: str) -> list[Record]:
        """A team's records of a task, in the order in which they were received."""
        found = self._look(task).by_team.get(team, {})
        return sorted(found.values(), key=lambda record: (record.received_at, record.id))

    def latest(self, task: str) -> datetime | None:
        """The newest time of receipt of a task, ``None`` without records."""
        return self._look(task).latest

    def find(self, task: str, prefix: str) -> list[Record]:
        """The records whose id begins with ``prefix``."""
        return [record for record in self.records(task) if record.id.startswith(prefix)]

    def refused(self, task: str) -> int:
        """How many entries of a task do not count."""
        return self._look(task).refused

    def entry(self, task: str, name: str) -> Entry | None:
        """The entry of that name."""
        path = self._folder(task, name) / f"{name}{_SUFFIX}"
        try:
            return Entry(task=task, name=name, data=path.read_bytes(), place=str(path))
        except FileNotFoundError:
            return None

    def read(self, task: str, names: Collection[str], teams: Sequence[str] = ()) -> Iterator[Entry]:
        """The entries of these names that are there."""
        del teams
        return (entry for name in names if (entry := self.entry(task, name)))

    def news(self, cursor: str, known: Callable[[str, str], set[str]]) -> News:
        """What has come and gone since ``cursor``: when the folders last changed, 0 where that cannot be relied on."""
        news, before = News(), json.loads(cursor or "{}")
        news.new = self._new(news, before, known)
        return news

    def _new(self, news: News, before: dict[str, int], known: Callable[[str, str], set[str]]) -> Iterator[Sight]:
        now: dict[str, int] = {}
        for folder, changed_ns in self._folders():
            place, settled = f"{folder.parent.name}/{folder.name}", _is_settled(changed_ns)
            if before.get(place) != changed_ns:
                names = {name.removesuffix(_SUFFIX) for name in os.listdir(folder) if _is_record(name)}  # noqa: PTH208
                seen = known(folder.parent.name, folder.name)
                news.gone += [(folder.parent.name, name) for name in sorted(seen - names)]
                for entry in self.read(folder.parent.name, sorted(names - seen)):
                    yield sight_of(entry)
            now[place] = changed_ns if settled else 0
        for place in before.keys() - now.keys():
            task, name = place.split("/")
            news.gone += [(task, each) for each in sorted(known(task, name))]
        news.cursor = json.dumps(now)

    def _folders(self) -> Iterator[tuple[Path, int]]:
        """Every folder of records, with the time of its last change before it is looked into."""
        for task in sorted(self.root.iterdir()) if self.root.is_dir() else ():
            if task.is_dir() and task.name != _CHECKPOINTS:
                with os.scandir(task) as found:
                    folders = sorted((each.name, each) for each in found if _FOLDER.fullmatch(each.name))
                yield from ((Path(entry.path), entry.stat().st_mtime_ns) for _, entry in folders)

    def entries(self) -> Iterator[Entry]:
        """Every file that may be meant as a record, wherever below a task's folder it lies."""
        for path in self._json_files():
            task, *_ = parts = path.relative_to(self.root).parts
            placed = path.parent == self._folder(task, path.stem)
            # What lies elsewhere is found under a name that no record has.
            name = path.stem if placed else "/".join(parts[1:])
            yield Entry(task=task, name=name, data=path.read_bytes(), place=str(path))

    def count(self) -> int:
        """How many such files there are."""
        return sum(1 for _ in self._json_files())

    def put(self, entry: Entry) -> bool:
        """Keep an entry as it is; return whether this call made it."""
        return _put(self._folder(entry.task, entry.name) / f"{entry.name}{_SUFFIX}", entry.data)

    def put_all(self, entries: Iterable[Entry]) -> int:
        """Keep entries as they are; return how many this call made."""
        return sum(self.put(entry) for entry in entries)

    def checkpoints(self, known: Collection[str] = ()) -> Iterator[tuple[str, bytes]]:
        """Every checkpoint but those that are known, in order of name."""
        for path in sorted((self.root / _CHECKPOINTS).glob(f"[!.]*{_SUFFIX}")):
            if path.stem not in known:
                yield path.stem, path.read_bytes()

    def put_checkpoint(self, name: str, data: bytes) -> bool:
        """Keep a checkpoint as it is; return whether this call made it."""
        return _put(self.root / _CHECKPOINTS / f"{name}{_SUFFIX}", data)

    def close(self) -> None:
        """Nothing is held open."""

    def _json_files(self) -> Iterator[Path]:
        for folder, folders, names in os.walk(self.root):
            folders[:] = sorted(name for name in folders if name != _CHECKPOINTS or Path(folder) != self.root)
            if Path(folder) != self.root:
                yield from (Path(folder, name) for name in sorted(names) if _is_record(name))

    def _load(self, path: Path, task: str) -> Record | None:
        """The record of a file; ``None`` if it does not count."""
        entry = Entry(task=task, name=path.stem, data=path.read_bytes(), place=str(path))
        record = entry.load()
        return record if self.counts(record) else None

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
        for name, entry in sorted(folders.items()):
            known = seen.folders.setdefault(name, _Folder())
            # Looked at before the folder is listed: what comes in between is found at the next look.
            changed_ns = entry.stat().st_mtime_ns
            if known.changed_ns != changed_ns:
                # Judged before it is listed: what changes it from then on has a later time.
                settled = _is_settled(changed_ns)
                shrunk |= self._list(task, Path(entry.path), known, seen)
                known.changed_ns = changed_ns if settled else None
        if shrunk:
            seen.count_anew()
        return seen

    def _list(self, task: str, path: Path, known: _Folder, seen: _Seen) -> bool:
        """Read the records of one folder that are new; return whether one that was there is gone."""
        known.changed_ns = None
        # Not by pathlib, which would take most of the time of a look.
        names = {name for name in os.listdir(path) if _is_record(name)}  # noqa: PTH208
        for name in sorted(names - known.records.keys()):
            try:
                record = self._load(path / name, task)
            except FileNotFoundError:
                continue  # Taken away since.
            known.records[name] = record
            seen.add(record)
        gone = known.records.keys() - names
        for name in gone:
            del known.records[name]
        return bool(gone)


def _is_settled(changed_ns: int) -> bool:
    """Whether a change after this one would show by another time."""
    step_ns = _STEP_NS if changed_ns % _SECOND_NS else _COARSE_STEP_NS
    return changed_ns < time.time_ns() - step_ns


def _is_record(name: str) -> bool:
    return name.endswith(_SUFFIX) and not name.startswith(".")


def _put(path: Path, data: bytes) -> bool:
    if create_once(path, data):
        return True
    if path.read_bytes() != data:
        raise InfrastructureError("ledger.differs", file=str(path))
    return False
