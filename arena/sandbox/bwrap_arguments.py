"""What a bubblewrap sandbox looks like inside, as its command line."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from arena.sandbox.interface import Mount

WORKING = "/kaggle/working"
LIBRARY = "/arena/lib"
GUEST = f"{LIBRARY}/arena_guest"
_SHM_BYTES = 256 * 1024**2

# Programs and libraries of the system that scientific Python needs: a shell, a compiler's runtime, fonts,
# certificates' tools.
_SYSTEM = ("/usr/bin", "/usr/lib", "/usr/lib32", "/usr/lib64", "/usr/libexec", "/usr/share/zoneinfo")
_MERGED = ("bin", "sbin", "lib", "lib32", "lib64", "libx32")
_CONFIGURATION = ("/etc/ld.so.cache", "/etc/ld.so.conf", "/etc/ld.so.conf.d", "/etc/alternatives", "/etc/localtime")
# The system's own Python packages belong to the host, not to the runtime.
_HIDDEN_FOLDERS = ("/usr/lib/python3/dist-packages",)


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """Host paths that show inside; ``masks`` are covered, files among them by ``cover``."""

    binds: tuple[Mount, ...]
    masks: tuple[Path, ...]
    cover: Path


def system_view() -> list[Mount]:
    """The parts of the host's system that every job sees."""
    found = [path for path in (*_SYSTEM, *_CONFIGURATION) if os.path.exists(path)]
    unmerged = [f"/{name}" for name in _MERGED if os.path.isdir(f"/{name}") and not os.path.islink(f"/{name}")]
    return [Mount(source=Path(path), target=path) for path in (*found, *unmerged)]


def namespace_arguments() -> list[str]:
    """Own namespaces of every kind, no privilege, no terminal, no life after the grader's."""
    flags = ["user", "pid", "net", "ipc", "uts", "cgroup"]
    return [
        *(f"--unshare-{flag}" for flag in flags),
        *("--uid", "1000", "--gid", "1000", "--hostname", "sandbox"),
        *("--disable-userns", "--die-with-parent", "--new-session", "--as-pid-1", "--cap-drop", "ALL", "--clearenv"),
    ]


def file_arguments(view: View, disk_bytes: int) -> list[str]:
    """Mounts in the order in which bubblewrap makes them; the last ones make everything but the tmpfs read-only."""
    # The writable places first: a runtime or a workspace may lie below the host's /tmp, and must not be covered.
    arguments = ["--dir", "/etc", "--proc", "/proc", "--remount-ro", "/proc", "--dev", "/dev"]
    for size, target in ((min(disk_bytes, _SHM_BYTES), "/dev/shm"), (disk_bytes, "/tmp"), (disk_bytes, WORKING)):  # noqa: S108
        arguments += ["--perms", "0700", "--size", str(size), "--tmpfs", target]
    for name in _MERGED:
        if os.path.islink(f"/{name}"):
            arguments += ["--symlink", os.readlink(f"/{name}").lstrip("/"), f"/{name}"]
    for mount in view.binds:
        arguments += ["--ro-bind", str(mount.source), mount.target]
    for hidden in _HIDDEN_FOLDERS:
        if os.path.isdir(hidden):
            arguments += ["--tmpfs", hidden, "--remount-ro", hidden]
    for mask in view.masks:
        if mask.is_dir():
            arguments += ["--tmpfs", str(mask), "--remount-ro", str(mask)]
        else:
            arguments += ["--ro-bind", str(view.cover), str(mask)]
    return [*arguments, "--chdir", "/", "--remount-ro", "/dev", "--remount-ro", "/"]


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
