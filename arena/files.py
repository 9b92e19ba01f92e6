"""Durable files: every write is complete or absent, whatever kills the process between two lines.

A new file is written without a name where the system can do that (``O_TMPFILE``, Linux) and linked to its name when it
is whole, so that not even a temporary file is left behind. Elsewhere, and to replace a file, a hidden ``.tmp`` file
stands in for a moment; ``remove_stale`` clears what a killed process left of those.
"""

import contextlib
import errno
import functools
import hashlib
import os
import secrets
import shutil
import sys
import time
from collections.abc import Iterator
from pathlib import Path

_DIRECTORY = getattr(os, "O_DIRECTORY", 0)
_NAMELESS = getattr(os, "O_TMPFILE", 0)
_BINARY = getattr(os, "O_BINARY", 0)
# What file systems without nameless files say (NFS, old overlays), and what a missing /proc says.
_NO_NAMELESS = {errno.EOPNOTSUPP, errno.EISDIR, errno.EINVAL, errno.ENOENT}
_STALE_SECONDS = 3600
LARGE_BYTES = 1 << 20


def _write_through(fd: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(fd, view) :]
    os.fsync(fd)


@contextlib.contextmanager
def _temporary(folder: Path, data: bytes, mode: int) -> Iterator[Path]:
    """A whole, synced temporary file in ``folder``, which is gone afterwards unless it was renamed."""
    path = folder / f".{secrets.token_hex(8)}.tmp"
    fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _BINARY, mode)
    try:
        try:
            _write_through(fd, data)
        finally:
            os.close(fd)
        yield path
    finally:
        path.unlink(missing_ok=True)


def _link_nameless(path: Path, data: bytes, mode: int) -> bool:
    """Write a file without a name and link it to ``path``; return whether the system can."""
    if not _NAMELESS:
        return False
    try:
        fd = os.open(path.parent, os.O_WRONLY | _NAMELESS, mode)
    except OSError as error:
        if error.errno in _NO_NAMELESS:
            return False
        raise
    folder = os.open(path.parent, os.O_RDONLY | _DIRECTORY)
    try:
        _write_through(fd, data)
        # Only with a directory descriptor does Python call linkat(2), which can follow /proc's link to the file.
        os.link(f"/proc/self/fd/{fd}", path.name, dst_dir_fd=folder, follow_symlinks=True)
    except OSError as error:
        if error.errno in _NO_NAMELESS:
            return False
        raise
    finally:
        os.close(folder)
        os.close(fd)
    return True


def sync_directory(folder: Path) -> None:
    """Make a rename or link in ``folder`` survive a power cut. Windows has no such call and needs none."""
    if not _DIRECTORY:
        return
    fd = os.open(folder, os.O_RDONLY | _DIRECTORY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


def account_folder() -> Path:
    """Where arena keeps what is this account's and no workspace's, by the platform's custom."""
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA", str(Path.home() / "AppData" / "Local"))) / "arena"
    data_home = os.environ.get("XDG_DATA_HOME")
    # The specification tells to ignore a relative XDG path.
    base = Path(data_home) if data_home and Path(data_home).is_absolute() else Path.home() / ".local" / "share"
    return base / "arena"


def state_of(path: Path) -> tuple[int, ...]:
    """What changes when a file does: which one it is, its size, the time of its last change."""
    found = path.stat()
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns


def is_large(path: Path) -> bool:
    """Whether the file is worth remembering what was made of it, instead of making it again."""
    return path.stat().st_size > LARGE_BYTES


def content_key(path: Path) -> str:
    """SHA-256 of the file's content; of a large file once for each of its states, and not for each call."""
    return _digest(path, state_of(path)) if is_large(path) else hashlib.sha256(path.read_bytes()).hexdigest()


@functools.lru_cache(maxsize=64)
def _digest(path: Path, state: tuple[int, ...]) -> str:
    del state
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def create_once(path: Path, data: bytes, *, mode: int = 0o644) -> bool:
    """Create ``path`` with ``data`` unless it exists; return whether this call made it. Never overwrites."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        if not _link_nameless(path, data, mode):
            with _temporary(path.parent, data, mode) as temporary:
                os.link(temporary, path)
    except FileExistsError:
        return False
    sync_directory(path.parent)
    return True


def write_atomic(path: Path, data: bytes, *, mode: int = 0o644) -> bool:
    """Make ``path`` hold ``data``, at once; return whether anything changed."""
    try:
        if path.read_bytes() == data:
            return False
    except FileNotFoundError:
        if create_once(path, data, mode=mode):
            return True
    with _temporary(path.parent, data, mode) as temporary:
        temporary.replace(path)
    sync_directory(path.parent)
    return True


def remove_stale(folder: Path, *, older_than_seconds: float = _STALE_SECONDS) -> int:
    """Remove hidden ``.tmp`` files and folders that a killed process left directly in ``folder``; return how many."""
    removed = 0
    horizon = time.time() - older_than_seconds
    for path in folder.glob(".*.tmp"):
        with contextlib.suppress(FileNotFoundError):
            if path.lstat().st_mtime <= horizon:
                shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()
                removed += 1
    return removed
