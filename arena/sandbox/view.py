"""What a job sees inside, whichever launcher makes it: the system, the runtime, the guest, an environment, limits."""

import os
import stat
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from arena.model.budget import Budget
from arena.model.protection import UID_DROP
from arena.sandbox.interface import Job, Mount, SandboxUnavailableError
from arena.sandbox.runtime import Runtime

WORKING = "/kaggle/working"
LIBRARY = "/arena/lib"
GUEST = f"{LIBRARY}/arena_guest"
GUEST_SOURCE = Path(__file__).with_name("guest")
# Takes the place of a masked file.
COVER = "masked"
SHM_BYTES = 256 * 1024**2
# The system's own Python packages belong to the host, not to the runtime.
HIDDEN_FOLDERS = ("/usr/lib/python3/dist-packages",)
# Belongs to no account on Debian, Fedora or Arch, and is mapped in rootless containers.
FREE_UIDS = range(61184, 65519)

# Programs and libraries of the system that scientific Python needs: a shell, a compiler's runtime, fonts,
# certificates' tools.
_SYSTEM = ("/usr/bin", "/usr/lib", "/usr/lib32", "/usr/lib64", "/usr/libexec", "/usr/share/zoneinfo")
_MERGED = ("bin", "sbin", "lib", "lib32", "lib64", "libx32")
_CONFIGURATION = ("/etc/ld.so.cache", "/etc/ld.so.conf", "/etc/ld.so.conf.d", "/etc/alternatives", "/etc/localtime")
_ETC = ("passwd", "group", "hosts")
# Open files of a process.
_OPEN_FILES = 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """Host paths that show inside; ``masks`` are covered, files among them by ``cover``."""

    binds: tuple[Mount, ...]
    masks: tuple[Path, ...]
    cover: Path


def view_of(runtime: Runtime, mounts: Sequence[Mount], masks: Sequence[Path], private: Sequence[Path]) -> View:
    """What shows inside: the system, the runtime, the guest and ``mounts``.

    ``masks`` are paths inside; ``private`` are host folders that nobody may look into, even inside one that is shown.
    """
    prefixes = runtime_mounts(runtime)
    etc = [Mount(source=GUEST_SOURCE / name, target=f"/etc/{name}") for name in _ETC]
    guest = Mount(source=GUEST_SOURCE, target=GUEST)
    hidden = inside_of(prefixes, private)
    return View(
        binds=tuple(without_covered([*system_view(), *prefixes, *etc, guest, *mounts])),
        masks=(*hidden, *(mask for mask in masks if not any(mask.is_relative_to(folder) for folder in hidden))),
        cover=GUEST_SOURCE / COVER,
    )


def runtime_mounts(runtime: Runtime) -> list[Mount]:
    """The runtime's folders, at their own paths."""
    return [Mount(source=path, target=str(path)) for path in runtime.prefixes]


def system_view() -> list[Mount]:
    """The parts of the host's system that every job sees."""
    found = [path for path in (*_SYSTEM, *_CONFIGURATION) if os.path.exists(path)]
    unmerged = [f"/{name}" for name in _MERGED if os.path.isdir(f"/{name}") and not os.path.islink(f"/{name}")]
    return [Mount(source=Path(path), target=path) for path in (*found, *unmerged)]


def system_links() -> list[tuple[str, str]]:
    """Links of the host's root, as (what it says, where it is): ``/lib`` and its like."""
    return [(os.readlink(f"/{name}").lstrip("/"), f"/{name}") for name in _MERGED if os.path.islink(f"/{name}")]


def without_covered(mounts: Sequence[Mount]) -> list[Mount]:
    """Leave out mounts that lie inside another one with the same path inside and outside: they are there already."""
    distinct = list(dict.fromkeys(mounts))
    whole = [mount for mount in distinct if str(mount.source) == mount.target]

    def covered(mount: Mount) -> bool:
        return any(
            other is not mount and mount in whole and Path(mount.target).is_relative_to(other.target) for other in whole
        )

    return [mount for mount in distinct if not covered(mount)]


def inside_of(mounts: Sequence[Mount], folders: Sequence[Path]) -> list[Path]:
    """Those of the folders that lie inside a mounted one, as paths inside."""
    found = []
    for folder in (folder.resolve() for folder in folders if folder.is_dir()):
        for mount in mounts:
            source = mount.source.resolve()
            if folder.is_relative_to(source):
                found.append(Path(mount.target) / folder.relative_to(source))
    return found


def refuse_unreadable(mounts: Sequence[Mount]) -> None:
    """The dropped uid owns none of the files, so everyone must be allowed to read them.

    Raises:
        SandboxUnavailableError: they are not; the message names the file and the command that mends it.
    """
    for mount in mounts:
        paths = [mount.source, *mount.source.iterdir()] if mount.source.is_dir() else [mount.source]
        for path in paths:
            mode = path.lstat().st_mode
            wanted = 0o005 if stat.S_ISDIR(mode) else 0o004
            if not stat.S_ISLNK(mode) and mode & wanted != wanted:
                raise SandboxUnavailableError("sandbox.unreadable", path=str(path))


def environment(runtime: Runtime, extra: Mapping[str, str]) -> dict[str, str]:
    """The whole environment inside: nothing is inherited. One thread a library, so that results repeat."""
    threads = ("OMP", "OPENBLAS", "MKL", "NUMEXPR")
    return {
        "PATH": f"{runtime.python.parent}:/usr/bin:/bin",
        "HOME": "/tmp",  # noqa: S108 - the sandbox's own
        "USER": "arena",
        "LANG": "C.UTF-8",
        "TZ": "UTC",
        "PYTHONPATH": LIBRARY,
        "PYTHONUNBUFFERED": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONHASHSEED": "0",
        "LOKY_MAX_CPU_COUNT": "1",
        "KERAS_BACKEND": "torch",
        # Arrow's allocator starts a thread at its import, which no fork would survive.
        "JE_ARROW_MALLOC_CONF": "background_thread:false",
        **{f"{name}_NUM_THREADS": "1" for name in threads},
        **extra,
    }


def dropped() -> tuple[str, ...]:
    """The protection that only a grader who is root can have: a uid of the job's own."""
    return (UID_DROP,) if os.getuid() == 0 else ()


def process_limits(budget: Budget) -> dict[str, int]:
    """Limits that each process inherits, by the name of the constant in ``resource``."""
    return {
        # Only for a grader that does not look any more: this clock counts whole ticks, so on a busy machine it strikes
        # before the time was used, and its signal would look like a crash.
        "RLIMIT_CPU": 2 * int(budget.cpu_seconds) + 2,
        "RLIMIT_FSIZE": budget.disk_bytes,
        "RLIMIT_NPROC": budget.processes,
        "RLIMIT_NOFILE": _OPEN_FILES,
        "RLIMIT_CORE": 0,
        # The poll sees the sum of all processes; this stops one that would take everything between two looks.
        "RLIMIT_DATA": 2 * budget.memory_bytes,
    }


def init_config(job: Job) -> dict[str, object]:
    """What process 1 of the sandbox is told, whoever starts the user's process."""
    return {
        "cwd": WORKING,
        "limits": process_limits(job.budget),
        "outputs": list(job.outputs),
        "max_bytes": job.output_max_bytes,
    }
