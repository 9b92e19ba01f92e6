"""Where a store lies: for one account alone, and on a disk of this machine."""

import contextlib
import os
import re
from pathlib import Path

from arena.errors import InfrastructureError

_PRIVATE = 0o600
_OTHERS = 0o077
_FLAGS = os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0)
# Beside the file itself, what SQLite keeps of it. A link in one of their places would lead its writes elsewhere.
_BESIDE = ("", "-wal", "-shm", "-journal")
_MOUNTS = Path("/proc/self/mountinfo")
_NETWORK = re.compile(
    r"^(nfs\d?|cifs|smb\w*|ceph|lustre|gpfs|beegfs|afs|glusterfs|ocfs2|gfs2|fuse\.(sshfs|glusterfs|ceph\S*|juicefs|s3fs))$"
)


def prepare(path: Path) -> None:
    """Make the file, empty, where there is none, and take it from the eyes of others.

    Raises:
        InfrastructureError: it is a link or no plain file.
        OSError: it cannot be made.
    """
    for name in _BESIDE:
        if path.with_name(path.name + name).is_symlink():
            raise InfrastructureError("store.unusable", path=str(path), reason="it is a symbolic link")
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with contextlib.suppress(FileExistsError):
        os.close(os.open(path, _FLAGS, _PRIVATE))
    if not path.is_file():
        raise InfrastructureError("store.unusable", path=str(path), reason="it is not a plain file")
    if os.name == "posix" and path.stat().st_mode & _OTHERS:
        path.chmod(_PRIVATE)


def is_full(folder: Path) -> bool:
    """Whether the disk of a folder has no room for another file; not known on every system, and then it has."""
    try:
        disk = os.statvfs(folder)
    except (AttributeError, OSError):
        return False
    # A file system without a limit of files counts none.
    return disk.f_bavail == 0 or (disk.f_files > 0 and disk.f_favail == 0)


def network_file_system(path: Path, mounts: Path = _MOUNTS) -> str | None:
    """The kind of network file system that ``path`` lies on; ``None`` if it is none, or this system does not say."""
    try:
        lines = mounts.read_text(encoding="utf-8", errors="surrogateescape").splitlines()
    except OSError:
        return None
    place, best, kind = path.resolve(), -1, None
    for line in lines:
        # https://www.kernel.org/doc/html/latest/filesystems/proc.html: 5th field the place, after `-` the kind
        before, _, after = line.partition(" - ")
        at = Path(re.sub(r"\\(\d{3})", lambda octal: chr(int(octal[1], 8)), before.split()[4]))
        if place.is_relative_to(at) and len(at.parts) >= best:  # A later mount covers an earlier one.
            best, kind = len(at.parts), after.split()[0]
    return kind if kind is not None and _NETWORK.match(kind) else None
