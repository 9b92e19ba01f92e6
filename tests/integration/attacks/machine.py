"""What must not change: a picture of the machine before an attack, compared with one after it."""

import contextlib
import functools
import hashlib
import os
import stat
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

from arena.sandbox import tree

_GROUPS = Path("/sys/fs/cgroup")
_SYSCTL = tuple(Path("/proc/sys", name) for name in ("kernel", "vm", "fs", "user"))
# They move by themselves.
_RESTLESS = frozenset({"ns_last_pid", "entropy_avail", "uuid", "stat_refresh"})
_ACCOUNTS = ("passwd", "shadow", "group", "gshadow", "hosts", "hostname", "resolv.conf", "ld.so.preload")
# Where a program that got out could leave something.
_PUBLIC_FOLDERS = ("/tmp", "/dev/shm", "/var/tmp", "/run")
# The kernel ends processes and groups a moment after their owner is told.
_PATIENCE_SECONDS = 3.0

Picture = Mapping[str, str]


@functools.cache
def _settable() -> tuple[Path, ...]:
    found = []
    for path in (path for folder in _SYSCTL for path in folder.rglob("*")):
        with contextlib.suppress(FileNotFoundError):
            mode = path.lstat().st_mode
            if stat.S_ISREG(mode) and mode & 0o222 and path.name not in _RESTLESS:
                found.append(path)
    return tuple(found)


def settings() -> Picture:
    """Every setting of the kernel that could be written by someone."""
    found = {}
    for path in _settable():
        with contextlib.suppress(OSError, UnicodeDecodeError):
            found[str(path)] = path.read_text(encoding="utf-8")
    return found


def files(folders: Iterable[Path]) -> Picture:
    """Name, owner, mode, size, time of change and, of small files, content of everything below the folders."""
    found = {}
    for folder in folders:
        for path in (folder, *folder.rglob("*")):
            with contextlib.suppress(FileNotFoundError):
                found[str(path)] = _file(path)
    return found


def _file(path: Path) -> str:
    info = path.lstat()
    known = f"{info.st_mode:o} {info.st_uid} {info.st_gid}"
    if stat.S_ISDIR(info.st_mode):
        return known
    known += f" {info.st_nlink}"
    content = ""
    if stat.S_ISREG(info.st_mode) and info.st_size < 1 << 20:
        with contextlib.suppress(PermissionError):
            content = hashlib.sha256(path.read_bytes()).hexdigest()
    return f"{known} {info.st_size} {info.st_mtime_ns} {content}"


def accounts() -> Picture:
    """The files that say who may do what on this machine."""
    return {str(path): _file(path) for name in _ACCOUNTS if (path := Path("/etc", name)).exists()}


def own() -> Picture:
    """What belongs to the grader itself: its mounts, its name, its limits."""
    mounts = Path("/proc/self/mountinfo").read_text(encoding="utf-8").splitlines()
    return {
        "mounts": "\n".join(sorted(mounts)),
        "host name": os.uname().nodename,
        "limits": Path("/proc/self/limits").read_text(encoding="utf-8"),
        "affinity": str(sorted(os.sched_getaffinity(0))),
        "priority": str(os.getpriority(os.PRIO_PROCESS, 0)),
    }


def descriptors() -> int:
    """How many files the grader holds open."""
    return len(list(Path("/proc/self/fd").iterdir()))


def clock_offset() -> float:
    """Seconds between the two clocks: it moves only when someone sets the time."""
    return time.time() - time.monotonic()


def marked_processes(mark: str) -> list[str]:
    """Processes that carry the mark of an attack in their name or command line."""
    found = []
    for path in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(FileNotFoundError, ProcessLookupError, PermissionError):
            line = (path / "cmdline").read_bytes() + (path / "comm").read_bytes()
            if mark.encode() in line:
                found.append(f"process {path.name}: {line[:200]!r}")
    return found


def marked_files(mark: str) -> list[str]:
    """What an attack left in the folders that everyone may write, or listens on."""
    public = dict.fromkeys((*_PUBLIC_FOLDERS, tempfile.gettempdir()))
    found = [f"file {entry}" for folder in public for entry in _names(Path(folder)) if mark in entry]
    with contextlib.suppress(OSError):
        lines = Path("/proc/net/unix").read_text(encoding="utf-8", errors="replace").splitlines()
        found += [f"socket {line}" for line in lines if mark in line]
    return found


def _names(folder: Path) -> list[str]:
    with contextlib.suppress(OSError):
        return [path.name for path in folder.iterdir()]
    return []


def system_v() -> Picture:
    """Shared memory, semaphores and message queues of the host, by their ids."""
    found = {}
    for kind in ("shm", "sem", "msg"):
        with contextlib.suppress(OSError):
            for line in Path("/proc/sysvipc", kind).read_text(encoding="utf-8").splitlines()[1:]:
                found[f"{kind} {line.split()[1]}"] = line.split()[0]
    return found


def groups() -> set[str]:
    """Control groups of this grader and of what it started; those of other graders on this machine are their own."""
    mine = set(tree.descendants(os.getpid()))
    found = set()
    # Other graders' groups come and go meanwhile: what is gone when it is looked into is passed over.
    for place, names, _ in os.walk(_GROUPS):
        for name in names:
            owner = name.removeprefix("arena-").split("-")[0]
            if name.startswith("arena-") and (
                not owner.isdigit() or int(owner) in mine or not Path("/proc", owner).exists()
            ):
                found.add(f"{place}/{name}")
    return found


def below() -> set[int]:
    """This process and everything that it started, however deep, zombies included."""
    return set(tree.descendants(os.getpid()))


def zombies() -> list[int]:
    """Dead children that nobody took notice of."""
    found = []
    for pid in below():
        with contextlib.suppress(OSError):
            if (Path("/proc") / str(pid) / "stat").read_text(encoding="latin-1").rpartition(")")[2].split()[0] == "Z":
                found.append(pid)
    return found


def settles(look: Callable[[], object]) -> bool:
    """Whether there is soon nothing to be seen."""
    end = time.monotonic() + _PATIENCE_SECONDS
    while look():
        if time.monotonic() > end:
            return False
        time.sleep(0.01)
    return True


def changes(before: Picture, after: Picture, *, may_grow: bool = False) -> Iterator[str]:
    """Each difference; ``may_grow`` where new entries are no change."""
    for name in before.keys() | after.keys():
        if name not in before and may_grow:
            continue
        if before.get(name) != after.get(name):
            yield f"{name}: {before.get(name, 'nothing')[:300]} → {after.get(name, 'nothing')[:300]}"
