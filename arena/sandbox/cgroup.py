"""Memory, processes and CPU time of a whole job by control group, where this machine lets us make one.

Theory of operation. A job's first process writes itself into the group before it gives up root, so that all that it
starts is in the group too and nothing can leave. The kernel then counts and bounds what no poll can: short peaks of
memory, shared maps, pipes and tmpfs, and CPU time of children that nobody waits for. Why a job died is read from the
kernel's own counter, never guessed from an exit code. Needs root, with version 1 or 2 of control groups; without,
limits are polled and the record says so.
"""

import contextlib
import functools
import os
import secrets
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from arena.model.budget import Budget
from arena.model.protection import CPU_GROUP, CPU_POLLED, MEMORY_GROUP, MEMORY_POLLED
from arena.sandbox.interface import SandboxFailedError

_ROOT = Path("/sys/fs/cgroup")
_PREFIX = "arena-"
_REMOVE_SECONDS = 5.0


class Group(Protocol):
    """One job's control group."""

    @property
    def join_files(self) -> Sequence[Path]:
        """Files into which the job's first process writes ``0``, itself, while it is still root."""

    def add(self, pid: int) -> None:
        """Put a process of ours into it; what it starts from then on is in it, too."""

    def cpu_seconds(self) -> float:
        """User and system time of every process that ever was in the group."""

    def memory_bytes(self) -> int:
        """Anonymous and shared memory now. The cache of files is left out: it would be given back."""

    def oom_kills(self) -> int:
        """How many processes the kernel ended because the group was over its memory."""

    def remove(self) -> None:
        """Take the group away; its processes are dead by now."""


def _number(path: Path) -> int:
    try:
        return int(path.read_text(encoding="ascii"))
    except (OSError, ValueError):
        return 0


def _counter(path: Path, name: str) -> int:
    try:
        lines = path.read_text(encoding="ascii").splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.split()[0] == name), 0)


def _add(files: Sequence[Path], pid: int) -> None:
    for path in files:
        path.write_text(str(pid), encoding="ascii")


def _remove(folder: Path) -> None:
    # Right after the last process died the kernel may still be at work in the group.
    patience = time.monotonic() + _REMOVE_SECONDS
    while True:
        try:
            folder.rmdir()
        except FileNotFoundError:
            return
        except OSError:
            if time.monotonic() > patience:
                return  # The next sweep takes it.
            time.sleep(0.0005)
        else:
            return


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupV1:
    """Version 1: a folder in each of the hierarchies of memory, pids and cpuacct."""

    memory: Path
    pids: Path
    cpuacct: Path

    @property
    def folders(self) -> tuple[Path, ...]:
        """The group's folders; hierarchies may be mounted together."""
        return tuple(dict.fromkeys((self.memory, self.pids, self.cpuacct)))

    @property
    def join_files(self) -> Sequence[Path]:
        """See ``Group``."""
        return [folder / "cgroup.procs" for folder in self.folders]

    def add(self, pid: int) -> None:
        """See ``Group``."""
        _add(self.join_files, pid)

    def limit(self, budget: Budget) -> None:
        """Set what the budget says."""
        for name in ("memory.limit_in_bytes", "memory.memsw.limit_in_bytes"):
            path = self.memory / name
            if path.exists():  # The second only where swap is accounted.
                path.write_text(str(budget.memory_bytes), encoding="ascii")
        (self.pids / "pids.max").write_text(str(budget.processes + _OWN_PROCESSES), encoding="ascii")

    def cpu_seconds(self) -> float:
        """See ``Group``."""
        return _number(self.cpuacct / "cpuacct.usage") / 1e9

    def memory_bytes(self) -> int:
        """See ``Group``."""
        stat = self.memory / "memory.stat"
        return _counter(stat, "total_rss") + _counter(stat, "total_shmem")

    def oom_kills(self) -> int:
        """See ``Group``."""
        return _counter(self.memory / "memory.oom_control", "oom_kill")

    def remove(self) -> None:
        """See ``Group``."""
        for folder in self.folders:
            _remove(folder)


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupV2:
    """Version 2: one folder."""

    folder: Path

    @property
    def join_files(self) -> Sequence[Path]:
        """See ``Group``."""
        return [self.folder / "cgroup.procs"]

    def add(self, pid: int) -> None:
        """See ``Group``."""
        _add(self.join_files, pid)

    def limit(self, budget: Budget) -> None:
        """Set what the budget says; without swap, and over its memory the whole job ends."""
        settings = {
            "memory.max": budget.memory_bytes,
            "memory.swap.max": 0,
            "memory.oom.group": 1,
            "pids.max": budget.processes + _OWN_PROCESSES,
        }
        for name, value in settings.items():
            path = self.folder / name
            if path.exists():
                path.write_text(str(value), encoding="ascii")

    def cpu_seconds(self) -> float:
        """See ``Group``."""
        return _counter(self.folder / "cpu.stat", "usage_usec") / 1e6

    def memory_bytes(self) -> int:
        """See ``Group``."""
        stat = self.folder / "memory.stat"
        return _counter(stat, "anon") + _counter(stat, "shmem")

    def oom_kills(self) -> int:
        """See ``Group``."""
        return _counter(self.folder / "memory.events", "oom_kill")

    def remove(self) -> None:
        """See ``Group``."""
        _remove(self.folder)


# The launcher's two processes and process 1 of the sandbox are in the group, too.
_OWN_PROCESSES = 3


def make_group(budget: Budget, root: Path = _ROOT) -> Group | None:
    """A new group under the budget's limits; ``None`` where this machine or account cannot make one."""
    name = f"{_PREFIX}{os.getpid()}-{secrets.token_hex(4)}"
    for make in (_make_v2, _make_v1):
        with contextlib.suppress(OSError):
            return make(root, name, budget)
    return None


@functools.cache
def can_make_groups() -> bool:
    """Whether this machine and account can, found by making one."""
    probe = Budget(
        device="cpu",
        cpu_seconds=1,
        wall_seconds=1,
        memory_bytes=64 * 1024**2,
        processes=1,
        disk_bytes=1,
        files=1,
        log_bytes=1,
    )
    group = make_group(probe)
    if group is not None:
        group.remove()
    return group is not None


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


def _make_v2(root: Path, name: str, budget: Budget) -> Group:
    control = root / "cgroup.subtree_control"
    missing = {"memory", "pids"} - set(control.read_text(encoding="ascii").split())
    if missing:
        control.write_text(" ".join(f"+{each}" for each in sorted(missing)), encoding="ascii")
    group = GroupV2(folder=root / name)
    group.folder.mkdir()
    try:
        (group.folder / "memory.max").read_bytes()
        group.limit(budget)
    except OSError:
        group.remove()
        raise
    return group


def _make_v1(root: Path, name: str, budget: Budget) -> Group:
    group = GroupV1(memory=root / "memory" / name, pids=root / "pids" / name, cpuacct=root / "cpuacct" / name)
    try:
        for folder in group.folders:
            folder.mkdir()
        group.limit(budget)
    except OSError:
        group.remove()
        raise
    return group


def sweep_groups(root: Path = _ROOT) -> int:
    """Take away the empty groups of graders that were killed; return how many."""
    removed = 0
    places = (root, root / "memory", root / "pids", root / "cpuacct")
    for folder in (found for place in places for found in place.glob(f"{_PREFIX}*-*")):
        owner = folder.name.removeprefix(_PREFIX).split("-")[0]
        if owner.isdigit() and not Path("/proc", owner).exists():
            with contextlib.suppress(OSError):
                folder.rmdir()
                removed += 1
    return removed
