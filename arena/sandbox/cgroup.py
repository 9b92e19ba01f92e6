"""Memory, processes and CPU time of a whole job by control group, where this machine lets us make one.

Theory of operation. A job's first process writes itself into the group before it gives up root, so that all that it
starts is in the group too and nothing can leave. The kernel then counts and bounds what no poll can: short peaks of
memory, shared maps, pipes and tmpfs, and CPU time of children that nobody waits for. Why a job died is read from the
kernel's own counter, never guessed from an exit code. Needs root, with version 1 or 2 of control groups, or a subtree
of version 2 that was delegated to this account (see ``delegation.py``); without, limits are polled and the record says
so.
"""

import contextlib
import functools
import os
import secrets
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Protocol, TypeVar

from arena.model.budget import Budget
from arena.model.protection import CPU_GROUP, CPU_POLLED, MEMORY_GROUP, MEMORY_POLLED
from arena.sandbox.cgroup_versions import V1_CONTROLLERS, GroupV1, GroupV2
from arena.sandbox.delegation import PROC, delegated, make_ready, own_groups
from arena.sandbox.interface import SandboxFailedError

_ROOT = Path("/sys/fs/cgroup")
_PREFIX = "arena-"


class Group(Protocol):
    """One job's control group."""

    @property
    def folders(self) -> tuple[Path, ...]:
        """Its folders: a process is in the group as long as one of them lists it."""

    @property
    def join_files(self) -> Sequence[Path]:
        """Files into which the job's first process writes ``0``, itself, before it gives anything up."""

    def add(self, pid: int) -> None:
        """Put a process of ours into it; what it starts from then on is in it, too.

        One that is dead already is no error: it starts nothing.

        Raises:
            SandboxFailedError: it is not in the group afterwards.
        """

    def cpu_seconds(self) -> float:
        """User and system time of every process that ever was in the group."""

    def memory_bytes(self) -> int:
        """Anonymous and shared memory now. The cache of files is left out: it would be given back."""

    def oom_kills(self) -> int:
        """How many of its processes the kernel ended for want of memory, the group's or the machine's."""

    def is_full(self) -> bool:
        """Whether the group ever came to its own limit of memory."""

    def end(self) -> None:
        """Kill everything in it at once, where this kernel can."""

    def remove(self) -> None:
        """Take the group away. Its processes are dead by now; one that is not is killed, where this kernel can."""


_PROBE = Budget(
    device="cpu",
    cpu_seconds=1,
    wall_seconds=1,
    memory_bytes=64 * 1024**2,
    processes=1,
    disk_bytes=1,
    files=1,
    log_bytes=1,
)


def make_group(budget: Budget, root: Path = _ROOT, proc: Path = PROC) -> Group | None:
    """A new group under the budget's limits; ``None`` where this machine or account cannot make one.

    What was delegated to this account comes first, so that limits of its own hold for the jobs too.
    """
    name = f"{_PREFIX}{os.getpid()}-{secrets.token_hex(4)}"
    own = delegated(proc)
    for folder in (own, root):
        if folder is not None:
            with contextlib.suppress(OSError):
                make_ready(folder, ours=folder == own, proc=proc)
                return _limited(GroupV2(folder=folder / name, proc=proc), budget)
    for memory, pids, cpuacct in _v1_places(root, proc):
        with contextlib.suppress(OSError):
            return _limited(GroupV1(memory=memory / name, pids=pids / name, cpuacct=cpuacct / name, proc=proc), budget)
    return None


def _v1_places(root: Path, proc: Path) -> Iterator[tuple[Path, Path, Path]]:
    """Folders for the hierarchies of version 1: their roots, then the groups that this process is in."""
    paths = own_groups(proc)
    for inside in ({}, paths):
        memory, pids, cpuacct = (root / each / inside.get(each, "").lstrip("/") for each in V1_CONTROLLERS)
        yield memory, pids, cpuacct


_AnyGroup = TypeVar("_AnyGroup", GroupV1, GroupV2)


def _limited(group: _AnyGroup, budget: Budget) -> _AnyGroup:
    try:
        for folder in group.folders:
            folder.mkdir()
        group.limit(budget)
    except OSError:
        group.remove()
        raise
    return group


@functools.cache
def can_make_groups() -> bool:
    """Whether this machine and account can, found by making one and moving a process into it."""
    group = make_group(_PROBE)
    if group is None:
        return False
    try:
        with subprocess.Popen(["/bin/sh", "-c", "read _"], stdin=subprocess.PIPE, env={}, cwd="/") as child:
            try:
                group.add(child.pid)
            finally:
                child.kill()
    except (OSError, SandboxFailedError):
        return False
    finally:
        group.remove()
    return True


def group_for(budget: Budget, stack: contextlib.ExitStack) -> Group | None:
    """A job's group, which the stack takes away; ``None`` where limits are polled.

    Raises:
        SandboxFailedError: none could be made where they can be: the record would claim a protection that is not there.
    """
    if not can_make_groups():
        return None
    group = make_group(budget)
    if group is None:
        raise SandboxFailedError("sandbox.failed", detail="no control group could be made")
    stack.callback(group.remove)
    return group


def limits_in_force() -> tuple[str, str]:
    """How memory and CPU time of a whole job are bounded here."""
    return (MEMORY_GROUP, CPU_GROUP) if can_make_groups() else (MEMORY_POLLED, CPU_POLLED)


def sweep_groups(root: Path = _ROOT, proc: Path = PROC) -> int:
    """Take away the groups of graders that were killed, and what is left in them; return how many."""
    removed = 0
    places = dict.fromkeys(
        (delegated(proc) or root, root, *(each for place in _v1_places(root, proc) for each in place))
    )
    for folder in (found for place in places for found in place.glob(f"{_PREFIX}*-*")):
        owner = folder.name.removeprefix(_PREFIX).split("-")[0]
        if owner.isdigit() and not Path("/proc", owner).exists():
            if (folder / "cgroup.kill").exists():
                GroupV2(folder=folder).remove()
            with contextlib.suppress(OSError):
                folder.rmdir()
            removed += not folder.exists()
    return removed
