"""The subtree of control groups (version 2) that belongs to this account, and how it is made ready for jobs.

Theory of operation. systemd hands a subtree to whoever starts a unit with ``Delegate=yes``, an ordinary account too
(https://systemd.io/CGROUP_DELEGATION/). The kernel lets a group hold either processes or limited groups below it, never
both. So everything that is in the delegated group, this process first of all, moves into a leaf below it; then memory
and pids are switched on for its children, and each job gets a group beside the leaf. Nothing is moved in a group that
was not handed to us: it is another's.
"""

import contextlib
import errno
import os
import re
from pathlib import Path

LEAF = "arena-grader"
# `arena.cli.scope` sets it to 1 for the command that it starts in a delegated scope.
SCOPE_VARIABLE = "ARENA_SCOPE"
PROC = Path("/proc")
_CONTROLLERS = frozenset({"memory", "pids"})
_ROUNDS = 5
# systemd marks what it delegates, since version 251 in a way that everybody can read.
_MARKS = ("user.delegate", "trusted.delegate")
_OCTAL = re.compile(r"\\([0-7]{3})")


def own_groups(proc: Path = PROC) -> dict[str, str]:
    """The groups that this process is in: the controller's name, ``""`` for version 2, to the path."""
    with contextlib.suppress(OSError):
        lines = (proc / "self" / "cgroup").read_text(encoding="utf-8").splitlines()
        parts = [line.split(":", 2) for line in lines]
        return {name: path for _, names, path in parts for name in names.split(",")}
    return {}


def own_folder(proc: Path = PROC) -> Path | None:
    """This process's group of version 2, as a folder; ``None`` where it cannot be seen."""
    path = own_groups(proc).get("")
    mounted = _mounted(proc)
    if path is None or mounted is None:
        return None
    shown, point = mounted
    # A path that climbs lies outside of this process's namespace.
    if ".." in (*Path(path).parts, *Path(shown).parts) or not Path(path).is_relative_to(shown):
        return None
    return point / Path(path).relative_to(shown)


def _mounted(proc: Path) -> tuple[str, Path] | None:
    """Which part of the hierarchy is mounted, and where (see proc_pid_mountinfo(5))."""
    with contextlib.suppress(OSError):
        for line in (proc / "self" / "mountinfo").read_text(encoding="utf-8").splitlines():
            before, _, after = line.partition(" - ")
            if after.startswith("cgroup2 "):
                shown, point = (_OCTAL.sub(lambda m: chr(int(m[1], 8)), field) for field in before.split()[3:5])
                return shown, Path(point)
    return None


def delegated(proc: Path = PROC) -> Path | None:
    """The group that was handed to us, below which we may do as we like; ``None`` where there is none."""
    own = own_folder(proc)
    if own is None:
        return None
    if own.name == LEAF:  # This process, or one that started it, has moved there.
        return own.parent
    return own if os.environ.get(SCOPE_VARIABLE) == "1" or _is_marked(own) else None


def _is_marked(folder: Path) -> bool:
    for name in _MARKS:
        with contextlib.suppress(OSError):
            if os.getxattr(folder, name) == b"1":
                return True
    return False


def make_ready(folder: Path, *, ours: bool, proc: Path = PROC) -> None:
    """Switch on memory and pids for groups below ``folder``; ``ours`` allows to move its processes into the leaf.

    Raises:
        OSError: the kernel or its rights do not allow it.
    """
    control = folder / "cgroup.subtree_control"
    missing = _CONTROLLERS - set(control.read_text(encoding="ascii").split())
    if not missing:
        return
    if not missing <= set((folder / "cgroup.controllers").read_text(encoding="ascii").split()):
        raise OSError(errno.ENOTSUP, "these controllers are not delegated", str(folder))
    wanted = " ".join(f"+{name}" for name in sorted(missing))
    for left in reversed(range(_ROUNDS)):
        if ours:
            _empty(folder)
        try:
            control.write_text(wanted, encoding="ascii")
        except OSError as error:
            # Something was started in it meanwhile; or it is the root of a container's namespace.
            if error.errno != errno.EBUSY or left == 0 or not (ours or _is_namespace(folder, proc)):
                raise
            ours = True
        else:
            return


def _is_namespace(folder: Path, proc: Path) -> bool:
    """Whether the hierarchy's root is only a container's: the real one has no type, and need not be empty."""
    return (folder / "cgroup.type").exists() and own_folder(proc) == folder


def _empty(folder: Path) -> None:
    leaf = folder / LEAF
    leaf.mkdir(exist_ok=True)
    for pid in (folder / "cgroup.procs").read_text(encoding="ascii").split():
        with contextlib.suppress(ProcessLookupError):
            (leaf / "cgroup.procs").write_text(pid, encoding="ascii")
