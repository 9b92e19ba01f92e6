"""Durable files: every write is complete or absent, whatever kills the process between two lines."""

import errno
import os
import secrets
from pathlib import Path

_DIRECTORY_FLAGS = getattr(os, "O_DIRECTORY", 0)


def _write_temporary(folder: Path, data: bytes, mode: int) -> Path:
    """Write and fsync a temporary file in ``folder``, so that a rename or link to its final name is atomic."""
    path = folder / f".{secrets.token_hex(8)}.tmp"
    fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), mode)
    try:
        with os.fdopen(fd, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return path


def sync_directory(folder: Path) -> None:
    """Make a rename or link in ``folder`` survive a power cut. Windows has no such call and needs none."""
    if not _DIRECTORY_FLAGS:
        return
    fd = os.open(folder, os.O_RDONLY | _DIRECTORY_FLAGS)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


def write_atomic(path: Path, data: bytes, *, mode: int = 0o644) -> bool:
    """Replace ``path`` by ``data`` at once; return whether anything changed."""
    try:
        if path.read_bytes() == data:
            return False
    except OSError:
        pass
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = _write_temporary(path.parent, data, mode)
    try:
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    sync_directory(path.parent)
    return True


def create_once(path: Path, data: bytes, *, mode: int = 0o644) -> bool:
    """Create ``path`` with ``data`` unless it exists; return whether this call made it. Never overwrites."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = _write_temporary(path.parent, data, mode)
    try:
        os.link(temporary, path)
    except OSError as error:
        if error.errno == errno.EEXIST:
            return False
        raise
    finally:
        temporary.unlink(missing_ok=True)
    sync_directory(path.parent)
    return True
