"""The shelf: ``submissions/<task>/<team>/<name>``, a file or a folder each, with an optional manifest ``<name>.json``.

The manifest holds what the learner said about it. Nothing in it is believed: kind, digest and time are the grader's
own.
"""

import json
import os
import secrets
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from arena.files import remove_stale, sync_directory, write_atomic
from arena.intake.freeze import RejectedError, open_regular
from arena.model.safe_text import safe_line
from arena.model.submission import Submission

_NOTES = (".json", ".md", ".txt")
_MAX_MANIFEST = 16 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One thing to grade: folder names are as found, not yet checked."""

    task: str
    team: str
    path: Path

    @property
    def label(self) -> str:
        """How progress and reports call it."""
        return safe_line(f"{self.task}/{self.team}/{self.path.name}", 120)


def entries(root: Path) -> Iterator[Entry]:
    """Everything on the shelf at ``root``, in order of task, team and name."""
    for task in _folders(root):
        for team in _folders(task):
            for path in sorted(team.iterdir()):
                if path.name.startswith(".") or (path.is_file() and path.suffix in _NOTES):
                    continue
                yield Entry(task=task.name, team=team.name, path=path)


def _folders(root: Path) -> list[Path]:
    if not root.is_dir():
        return []
    # A link is not followed: a pull request could point one at files of the grader's machine.
    found = (path for path in root.iterdir() if path.is_dir() and not path.is_symlink())
    return sorted(path for path in found if not path.name.startswith("."))


def put(root: Path, submission: Submission, *, message: str, now: datetime) -> Path:
    """Store a frozen submission under its content's name; the same content lands on the same path."""
    folder = root / submission.task / submission.team
    folder.mkdir(parents=True, exist_ok=True)
    remove_stale(folder)
    target = folder / submission.digest[:16]
    if not target.exists():
        temporary = folder / f".{secrets.token_hex(8)}.tmp"
        try:
            shutil.copytree(submission.root, temporary)
            for path in (*temporary.rglob("*"), temporary):
                _sync(path)
            temporary.rename(target)
        except FileExistsError:
            pass  # Another process stored the same content first.
        except OSError:
            if not target.exists():
                raise
        finally:
            shutil.rmtree(temporary, ignore_errors=True)
        sync_directory(folder)
    path = folder / f"{target.name}.json"
    if path.exists() and not message:
        return target  # What was said the first time stays.
    manifest = {
        "schema": 1,
        "task": submission.task,
        "team": submission.team,
        "kind": submission.kind.value,
        "digest": submission.digest,
        "message": safe_line(message, 200),
        "submitted_at": now.isoformat(timespec="seconds"),
    }
    write_atomic(path, json.dumps(manifest, ensure_ascii=False, indent=1).encode() + b"\n")
    return target


def _sync(path: Path) -> None:
    if path.is_dir():
        sync_directory(path)
        return
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def message_of(entry: Entry) -> str:
    """What the learner said about the submission, made safe to show; empty where there is nothing."""
    try:
        with open_regular(entry.path.with_name(f"{entry.path.name}.json"), _MAX_MANIFEST) as stream:
            manifest = json.loads(stream.read(_MAX_MANIFEST))
    except (RejectedError, ValueError, OSError, RecursionError):
        return ""
    message = manifest.get("message") if isinstance(manifest, dict) else None
    return safe_line(message, 200) if isinstance(message, str) else ""
