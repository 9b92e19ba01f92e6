"""The plain vault: files of mode 0600 below a folder of mode 0700.

    <root>/<workspace>/<task>/<task digest>/answers.csv     id, target, Usage (Public or Private)
    <root>/<workspace>/<task>/<task digest>/cases.json      hidden cases of an exercise, with what is expected
    <root>/<workspace>/views.jsonl                          who looked at private scores (see ``vault.views``)
    <root>/<workspace>/<task>/seed                          what they are drawn from, 128 bits in hexadecimal
    <root>/<workspace>/<task>/<task digest>/columns.arrow   large answers as numbers: a cache (see ``vault.columns``)
    <root>/<workspace>/<task>/scores/<record id>.json       exact scores of one record: public, private, overall
    <root>/<workspace>/<task>/influences/<record id>.npz    how they hang on each row (see ``pipeline.influences``)
    <root>/<workspace>/<task>/<task digest>/accepted/<team>/<number>-<record id>.npz
                                                            of a ladder: what each accepted submission was measured at

Which rows are public is stored with the answers, never derived from a seed in the repository.
"""

import csv
import functools
import io
import json
import secrets
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from arena.errors import TaskError
from arena.files import LARGE_BYTES, create_once, write_atomic
from arena.model.task import CASES, Task
from arena.vault.columns import Columns, cached
from arena.vault.location import refuse_unsafe, vault_root

USAGE = "Usage"
COLUMNS = "columns.arrow"
_SEED_BITS = 128
SPLITS = {"Public": True, "Private": False}


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """The hidden split: one entry per row in each field, in one order; ``columns`` has a tuple for each target."""

    ids: tuple[str, ...]
    columns: tuple[tuple[str, ...], ...]
    is_public: tuple[bool, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlainVault:
    """One workspace's part of the vault."""

    root: Path
    workspace: str

    @classmethod
    def open(cls, workspace_root: Path, workspace: str) -> "PlainVault":
        """Return the vault of the workspace; refuse an unsafe place."""
        root = vault_root()
        refuse_unsafe(root, workspace_root)
        return cls(root=root, workspace=workspace)

    @property
    def folder(self) -> Path:
        """This workspace's folder in the vault."""
        return self.root / self.workspace

    def _answers_path(self, task: Task) -> Path:
        name = CASES if task.kind == "exercise" else "answers.csv"
        return self.folder / task.id / task.digest / name

    def has_answers(self, task: Task) -> bool:
        """Whether the answers, or hidden cases, of exactly this version of the task are here."""
        return self._answers_path(task).is_file()

    def put_answers(self, task: Task, data: bytes) -> None:
        """Validate and keep the answers; the same bytes may come again.

        Raises:
            TaskError: the answers cannot be used, or differ from those kept for the same version of the task.
        """
        parse_answers(data, task)
        path = self._answers_path(task)
        self._private_folder(path.parent)
        if not create_once(path, data, mode=0o600) and path.read_bytes() != data:
            raise TaskError("answers.changed", task=task.id)

    def answers(self, task: Task) -> Answers:
        """The hidden split of this version of the task."""
        try:
            data = self._answers_path(task).read_bytes()
        except FileNotFoundError as error:
            raise TaskError("answers.none", task=task.id) from error
        return parse_answers(data, task)

    def answers_file(self, task: Task) -> Path:
        """Where the answers of this version of the task lie as text, for who reads them in another way.

        Raises:
            TaskError: they are not here.
        """
        if not self.has_answers(task):
            raise TaskError("answers.none", task=task.id)
        return self._answers_path(task)

    def columns(self, task: Task, key: str, make: Callable[[], Columns]) -> Columns:
        """What ``make`` makes of the answers, kept beside them under a key of all that it is made of."""
        return cached(self.answers_file(task).with_name(COLUMNS), key, make)

    def seed(self, task: str) -> int:
        """What a task's hidden cases are drawn from: made once, and the same for every version of the task."""
        folder = self.folder / task
        self._private_folder(folder)
        create_once(folder / "seed", f"{secrets.randbits(_SEED_BITS):032x}\n".encode(), mode=0o600)
        return int((folder / "seed").read_text(encoding="ascii"), 16)

    def put_cases(self, task: Task, data: bytes) -> None:
        """Keep the hidden cases of this version of the task, unless there are some."""
        path = self._answers_path(task)
        self._private_folder(path.parent)
        create_once(path, data, mode=0o600)

    def cases(self, task: Task) -> bytes:
        """The hidden cases of this version of the task."""
        try:
            return self._answers_path(task).read_bytes()
        except FileNotFoundError as error:
            raise TaskError("answers.none", task=task.id) from error

    def put_scores(self, task: str, record: str, scores: Mapping[str, Mapping[str, float]]) -> None:
        """Keep the exact scores of one record: a map from split to metric to score."""
        folder = self.folder / task / "scores"
        self._private_folder(folder)
        write_atomic(folder / f"{record}.json", json.dumps(scores, sort_keys=True).encode(), mode=0o600)

    def scores(self, task: str, record: str) -> dict[str, dict[str, float]]:
        """The exact scores of one record; empty where this vault has none."""
        try:
            data = (self.folder / task / "scores" / f"{record}.json").read_bytes()
        except FileNotFoundError:
            return {}
        loaded: dict[str, dict[str, float]] = json.loads(data)
        return loaded

    def put_influences(self, task: str, record: str, data: bytes) -> None:
        """Keep how the scores of one record hang on each row."""
        folder = self.folder / task / "influences"
        self._private_folder(folder)
        write_atomic(folder / f"{record}.npz", data, mode=0o600)

    def influences(self, task: str, record: str) -> bytes | None:
        """The same, ``None`` where this vault has nothing of the record."""
        try:
            return (self.folder / task / "influences" / f"{record}.npz").read_bytes()
        except FileNotFoundError:
            return None

    def accepted(self, task: Task, team: str) -> list[tuple[str, Path]]:
        """The records of a team that a ladder accepted, in order, each with the file of what it was measured at."""
        folder = self._accepted_folder(task, team)
        found = sorted(folder.glob("*.npz")) if folder.is_dir() else []
        return [(path.stem.partition("-")[2], path) for path in found]

    def put_accepted(self, task: Task, team: str, record: str, data: bytes) -> None:
        """Keep what a ladder accepted, after all that it accepted before; only for whoever holds the team's turn."""
        folder = self._accepted_folder(task, team)
        self._private_folder(folder)
        # Never overwritten: an older backup can be put back, and how a team climbed can be followed.
        create_once(folder / f"{len(self.accepted(task, team)) + 1:06d}-{record}.npz", data, mode=0o600)

    def _accepted_folder(self, task: Task, team: str) -> Path:
        return self._answers_path(task).parent / "accepted" / team

    def _private_folder(self, folder: Path) -> None:
        missing = [part for part in (folder, *folder.parents) if not part.exists()]
        for part in reversed(missing):
            part.mkdir(mode=0o700, exist_ok=True)


def parse_answers(data: bytes, task: Task) -> Answers:
    """Read answers strictly; they come from the task's own code, which is not trusted either."""
    # As Python's own texts large answers take a gigabyte and more: they are not kept for a next time.
    parsed = _parsed if len(data) <= LARGE_BYTES else _parsed.__wrapped__
    return parsed(data, task.id, task.data.id, task.data.target)


@functools.lru_cache(maxsize=4)
def _parsed(data: bytes, task: str, id_column: str, target: tuple[str, ...]) -> Answers:
    """Once for all submissions to a task."""
    wanted = sorted([id_column, *target, USAGE])
    misshapen = TaskError("answers.unusable", task=task, reason=f"columns must be {', '.join(wanted)}")
    try:
        # Empty lines are none.
        rows = filter(None, csv.reader(io.StringIO(data.decode("utf-8"), newline=""), strict=True))
        heads = next(rows, [])
        # A list for each column: for millions of rows a mapping each would take gigabytes.
        columns: dict[str, list[str]] = {name: [] for name in heads}
        if sorted(heads) != wanted:
            raise misshapen
        lists, usage = list(columns.values()), heads.index(USAGE)
        for row in rows:
            if len(row) != len(lists):
                raise misshapen
            row[usage] = sys.intern(row[usage])
            for column, text in zip(lists, row, strict=True):
                column.append(text)
    except (UnicodeDecodeError, csv.Error) as error:
        raise TaskError("answers.unusable", task=task, reason=type(error).__name__) from error
    if len(set(columns[id_column])) != len(columns[id_column]):
        raise TaskError("answers.unusable", task=task, reason="an id stands twice")
    if set(columns[USAGE]) != set(SPLITS):
        raise TaskError("answers.unusable", task=task, reason="Usage must be Public or Private, and both must occur")
    return Answers(
        ids=tuple(columns[id_column]),
        columns=tuple(tuple(columns[name]) for name in target),
        is_public=tuple(SPLITS[text] for text in columns[USAGE]),
    )
