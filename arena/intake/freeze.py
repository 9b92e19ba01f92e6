"""Copy a submission's bytes into a folder of the grader's, hashing what is copied, within limits.

What is hashed is what runs: a file that changes, grows or turns into a link while it is read cannot slip through.
"""

import errno
import hashlib
import io
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from arena.errors import InfrastructureError
from arena.intake.names import MAX_DEPTH, is_junk, name_fault
from arena.model.message import Message
from arena.model.safe_text import safe_line
from arena.model.sizes import human_size
from arena.model.submission import File

MAX_FILES = 1000
CHUNK = 1 << 20
_OPEN_FLAGS = (
    os.O_RDONLY
    | getattr(os, "O_NOFOLLOW", 0)
    | getattr(os, "O_NONBLOCK", 0)
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_BINARY", 0)
)


class RejectedError(Exception):
    """The submission breaks a rule of intake. Caught by ``receive``, never shown."""

    def __init__(self, message: Message) -> None:
        super().__init__(message.id)
        self.message = message


@dataclass(slots=True)
class Freezer:
    """Takes files one by one into ``root``; counts, sizes and names are checked before a byte is written."""

    root: Path
    max_bytes: int
    max_files: int = MAX_FILES
    files: list[File] = field(default_factory=list)
    total: int = 0
    _seen: set[str] = field(default_factory=set)

    def take(self, path: str, stream: BinaryIO) -> None:
        """Copy ``stream`` to ``root/path``.

        Raises:
            RejectedError: a limit or rule is broken.
            InfrastructureError: this machine cannot write the copy.
        """
        if fault := name_fault(path):
            raise RejectedError(Message.of(fault, name=safe_line(path, 80), limit=MAX_DEPTH))
        folded = path.casefold()
        if folded in self._seen:
            raise RejectedError(Message.of("submission.name_twice", name=safe_line(path, 80)))
        if len(self.files) >= self.max_files:
            raise RejectedError(Message.of("submission.too_many_files", limit=self.max_files))
        self._seen.add(folded)
        target = self.root.joinpath(*path.split("/"))
        total = hashlib.sha256()
        size = 0
        try:
            _make_readable_folders(target.parent, self.root)
            copy = target.open("xb", buffering=0)
        except (FileExistsError, NotADirectoryError) as error:
            raise RejectedError(Message.of("submission.name_twice", name=safe_line(path, 80))) from error
        except OSError as error:
            raise _unwritable(target, error) from error
        with copy:
            while chunk := stream.read(CHUNK):
                size += len(chunk)
                self.total += len(chunk)
                if self.total > self.max_bytes:
                    raise too_large(self.max_bytes)
                total.update(chunk)
                _write(copy, chunk, target)
        target.chmod(0o644)
        self.files.append(File(path=path, size=size, sha256=total.hexdigest()))


def _make_readable_folders(folder: Path, root: Path) -> None:
    """Make the folders of a frozen file; the sandbox's account must be able to enter them, whatever the umask says."""
    missing = [part for part in (folder, *folder.parents) if part.is_relative_to(root) and not part.is_dir()]
    for part in reversed(missing):
        part.mkdir()
        part.chmod(0o755)


def _write(copy: io.FileIO, data: bytes, target: Path) -> None:
    """Write all of it. A full disk is our fault, also while an archive is read, whose own faults are OSErrors too."""
    left = memoryview(data)
    try:
        while left:
            left = left[copy.write(left) :]
    except OSError as error:
        raise _unwritable(target, error) from error


def _unwritable(path: Path, error: OSError) -> InfrastructureError:
    return InfrastructureError("file.unwritable", path=str(path), reason=error.strerror or str(error))


def too_large(limit: int) -> RejectedError:
    """The submission as a whole is over its limit."""
    return RejectedError(Message.of("submission.too_large", limit=human_size(limit)))


def open_regular(path: Path, max_bytes: int) -> BinaryIO:
    """Open a regular file without following a link and without waiting for a FIFO's other end."""
    shown = safe_line(path.name, 80)
    try:
        fd = os.open(path, _OPEN_FLAGS)
    except OSError as error:
        kind = "submission.link" if error.errno == errno.ELOOP else "submission.unreadable"
        raise RejectedError(Message.of(kind, name=shown, reason=error.strerror or "")) from error
    info = os.fstat(fd)
    if not stat.S_ISREG(info.st_mode):
        os.close(fd)
        raise RejectedError(Message.of("submission.not_a_file", name=shown))
    if info.st_size > max_bytes:
        os.close(fd)
        raise too_large(max_bytes)
    return os.fdopen(fd, "rb")


def freeze_folder(source: Path, freezer: Freezer) -> None:
    """Take every file below ``source`` that is not junk, in order."""
    for relative in _walk(source, "", 0):
        with open_regular(source.joinpath(*relative.split("/")), freezer.max_bytes) as stream:
            freezer.take(relative, stream)


def list_folder(folder: Path, shown: str) -> list["os.DirEntry[str]"]:
    """Everything in a folder, in order; ``shown`` is what the learner knows it by."""
    try:
        return sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError as error:
        message = Message.of("submission.unreadable", name=safe_line(shown, 80), reason=error.strerror or "")
        raise RejectedError(message) from error


def _walk(folder: Path, prefix: str, depth: int) -> Iterator[str]:
    for entry in list_folder(folder, prefix):
        relative = f"{prefix}{entry.name}"
        if is_junk(relative) or (entry.is_dir(follow_symlinks=False) and is_junk(f"{relative}/x")):
            continue
        if entry.is_symlink():
            raise RejectedError(Message.of("submission.link", name=safe_line(relative, 80), reason=""))
        if entry.is_dir(follow_symlinks=False):
            if depth >= MAX_DEPTH:
                raise RejectedError(Message.of("submission.too_deep", name=safe_line(relative, 80), limit=MAX_DEPTH))
            yield from _walk(Path(entry.path), f"{relative}/", depth + 1)
        else:
            yield relative
