"""A control group around the whole suite, so that even an unprotected cell cannot harm the machine."""

import contextlib
import os
import time
from collections.abc import Iterator
from pathlib import Path

_ROOT = Path("/sys/fs/cgroup")
_PREFIX = "attack-suite-"
# Every hog of the suite stops by itself far below.
MEMORY_BYTES = 4 << 30
PROCESSES = 1000


def is_held() -> bool:
    """Whether this process lives in such a group, and the kernel holds the group to its limits."""
    for line in Path("/proc/self/cgroup").read_text(encoding="ascii").splitlines():
        _, controllers, path = line.split(":", 2)
        if _PREFIX in path and ("memory" in controllers.split(",") or not controllers):
            return True
    return False


@contextlib.contextmanager
def made() -> Iterator[tuple[Path, ...]]:
    """Make one; what has to be done to live in it is to write ``0`` into each of the returned files.

    Nothing is returned where this account or machine cannot make one.
    """
    name = f"{_PREFIX}{os.getpid()}"
    settings = {
        "memory": {"memory.limit_in_bytes": MEMORY_BYTES, "memory.max": MEMORY_BYTES},
        "pids": {"pids.max": PROCESSES},
    }
    folders = {}
    try:
        for controller, limits in settings.items():
            v1 = _ROOT / controller
            folder = (v1 if v1.is_dir() else _ROOT) / name
            folder.mkdir(exist_ok=True)
            folders[folder] = folder / "cgroup.procs"
            for file, value in limits.items():
                if (folder / file).exists():
                    (folder / file).write_text(str(value), encoding="ascii")
    except OSError:
        _remove(folders)
        folders = {}
    try:
        yield tuple(folders.values())
    finally:
        _remove(folders)


def _remove(folders: dict[Path, Path]) -> None:
    end = time.monotonic() + 5
    for folder in folders:
        while folder.exists() and time.monotonic() < end:
            with contextlib.suppress(OSError):
                folder.rmdir()
            time.sleep(0.01)
