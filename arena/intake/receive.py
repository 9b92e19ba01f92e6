"""Receive a path from a learner: freeze, unpack, detect the kind, name it by its content."""

import contextlib
import hashlib
import itertools
import os
import stat
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from arena.errors import InfrastructureError
from arena.intake import archive, kind, weights
from arena.intake.freeze import MAX_FILES, Freezer, RejectedError, freeze_folder, list_folder, open_regular
from arena.model.message import Message
from arena.model.safe_text import safe_line
from arena.model.submission import File, Kind, Submission, digest_of
from arena.model.task import Task


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejected:
    """Why the files are no submission. ``digest`` names what was sent, as far as it could be read."""

    message: Message
    digest: str
    received_at: datetime


def receive(source: Path, into: Path, *, task: Task, team: str, received_at: datetime) -> Submission | Rejected:
    """Freeze the file or folder ``source`` in the new folder ``into``."""
    freezer = Freezer(root=into, max_bytes=task.submissions.max_bytes)
    try:
        into.mkdir()
        into.chmod(0o755)
        _take(source, freezer)
        files = _without_single_folder(into, freezer.files)
        paths = [file.path for file in files]
        found, entry = kind.detect(paths, task.submissions.accepts, lambda path: _ends_of(into / path))
    except RejectedError as error:
        return Rejected(message=error.message, digest=_rejected_digest(source), received_at=received_at)
    except OSError as error:
        raise InfrastructureError("file.unwritable", path=str(into), reason=error.strerror or str(error)) from error
    return Submission(
        task=task.id,
        team=team,
        digest=digest_of(_content_only(found, files)),
        kind=found,
        entry=entry,
        files=tuple(files),
        root=into,
        received_at=received_at,
    )


def _take(source: Path, freezer: Freezer) -> None:
    if source.is_symlink():
        raise RejectedError(Message.of("submission.link", name=safe_line(source.name, 80), reason=""))
    if not source.is_dir():
        _take_file(source, freezer)
        return
    names = [entry.name for entry in list_folder(source, source.name) if not entry.name.startswith(".")]
    if len(names) == 1 and archive.is_archive(names[0]):
        _take_file(source / names[0], freezer)
    else:
        freeze_folder(source, freezer)


def _take_file(source: Path, freezer: Freezer) -> None:
    with open_regular(source, freezer.max_bytes) as stream:
        if archive.is_archive(source.name):
            archive.unpack(source.name, stream, freezer)
        else:
            freezer.take(source.name, stream)
    if not freezer.files:
        raise RejectedError(Message.of("submission.no_entry_file", found="∅"))


def _without_single_folder(root: Path, files: list[File]) -> list[File]:
    """People pack the folder instead of what is in it: a single top folder is the submission."""
    tops = {file.path.split("/", 1)[0] for file in files}
    if len(tops) != 1 or any("/" not in file.path for file in files):
        return files
    (top,) = tops
    lifted = root.with_name(f"{root.name}.lifted")
    (root / top).rename(lifted)
    root.rmdir()
    lifted.rename(root)
    stripped = [File(path=file.path.split("/", 1)[1], size=file.size, sha256=file.sha256) for file in files]
    return _without_single_folder(root, stripped)


def _content_only(found: Kind, files: list[File]) -> list[File]:
    """A table of predictions is the same submission under another file name."""
    if found is not Kind.PREDICTIONS:
        return files
    suffix = files[0].path.rsplit(".", 1)[-1].casefold()
    return [File(path=f"predictions.{suffix}", size=file.size, sha256=file.sha256) for file in files]


def _ends_of(path: Path) -> bytes:
    """The beginning and the end of a frozen file, all of it where they meet."""
    with path.open("rb") as file:
        head = file.read(weights.SAMPLE_BYTES)
        file.seek(max(file.tell(), path.stat().st_size - weights.SAMPLE_BYTES))
        return head + file.read()


_SAMPLE_BYTES = 1 << 20
_SAMPLE_FILES = 2 * MAX_FILES


def _rejected_digest(source: Path) -> str:
    """Name what could not be received: names, sizes and the first megabyte of each file, as far as they can be read."""
    total = hashlib.sha256(b"arena rejected 1\n")
    paths = [source]
    if source.is_dir() and not source.is_symlink():
        paths += sorted(itertools.islice(source.rglob("*"), _SAMPLE_FILES))
    for path in paths:
        with contextlib.suppress(OSError):  # It may be gone by now, or never have been there.
            info = path.lstat()
            total.update(f"{os.fsencode(path.relative_to(source)).hex()} {info.st_mode} {info.st_size}\n".encode())
            if stat.S_ISREG(info.st_mode):
                with path.open("rb") as file:
                    total.update(file.read(_SAMPLE_BYTES))
    return total.hexdigest()
