"""The two versions of control groups: which files bound a job, count for it, let a process in and tell who is in."""

import contextlib
import os
import time
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from pathlib import Path

from arena.model.budget import Budget
from arena.sandbox.delegation import PROC
from arena.sandbox.interface import SandboxFailedError

V1_CONTROLLERS = ("memory", "pids", "cpuacct")
_REMOVE_SECONDS = 5.0
# The kernel charges a processor's next pages ahead, so a full group may count a little less than its limit.
_CHARGED_AHEAD = 4 * 1024**2
# The launcher's two processes and process 1 of the sandbox are in the group, too.
_OWN_PROCESSES = 3


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


def _add(pid: int, files: Sequence[Path], controllers: AbstractSet[str], proc: Path) -> None:
    try:
        for path in files:
            path.write_text(str(pid), encoding="ascii")
    except ProcessLookupError:
        return
    except OSError as error:
        raise SandboxFailedError("sandbox.failed", detail=f"no way into a control group: {error.strerror}") from error
    name = files[0].parent.name
    with contextlib.suppress(FileNotFoundError, ProcessLookupError):
        lines = (proc / str(pid) / "cgroup").read_text(encoding="utf-8").splitlines()
        # Our groups' names are unlike any other, and the path before them depends on whose namespace is asked.
        parts = [line.split(":", 2) for line in lines]
        entered = {each for _, names, path in parts if path.rpartition("/")[2] == name for each in names.split(",")}
        if not controllers <= entered and not _is_dead(pid, proc):
            raise SandboxFailedError("sandbox.failed", detail="a process did not enter its control group")


def _is_dead(pid: int, proc: Path) -> bool:
    # Of a process that nobody has waited for yet the kernel does not tell the group any more.
    return (proc / str(pid) / "stat").read_text(encoding="utf-8").rpartition(") ")[2][:1] in {"Z", "X"}


def _end(folder: Path) -> None:
    with contextlib.suppress(OSError):  # Linux 5.14 or later, version 2.
        kill = os.open(folder / "cgroup.kill", os.O_WRONLY)
        try:
            os.write(kill, b"1")
        finally:
            os.close(kill)


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
    proc: Path = PROC

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
        _add(pid, self.join_files, frozenset(V1_CONTROLLERS), self.proc)

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

    def is_full(self) -> bool:
        """See ``Group``. The counter of failures stays 0 on some kernels; the largest use does not lie."""
        limit = _number(self.memory / "memory.limit_in_bytes")
        return _number(self.memory / "memory.max_usage_in_bytes") >= limit - _CHARGED_AHEAD

    def end(self) -> None:
        """Version 1 cannot."""

    def remove(self) -> None:
        """See ``Group``."""
        for folder in self.folders:
            _remove(folder)


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupV2:
    """Version 2: one folder."""

    folder: Path
    proc: Path = PROC

    @property
    def folders(self) -> tuple[Path, ...]:
        """The group's one folder."""
        return (self.folder,)

    @property
    def join_files(self) -> Sequence[Path]:
        """See ``Group``."""
        return [self.folder / "cgroup.procs"]

    def add(self, pid: int) -> None:
        """See ``Group``."""
        _add(pid, self.join_files, frozenset({""}), self.proc)

    def limit(self, budget: Budget) -> None:
        """Set what the budget says; without swap, and over its memory the whole job ends."""
        settings = {
            "memory.max": budget.memory_bytes,
            "memory.swap.max": 0,
            "memory.oom.group": 1,
            "pids.max": budget.processes + _OWN_PROCESSES,
        }
        (self.folder / "memory.max").read_bytes()  # Without it nothing is bounded.
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
        # Shared maps and files in memory are in `shmem` alone.
        return _counter(stat, "anon") + _counter(stat, "shmem")

    def oom_kills(self) -> int:
        """See ``Group``."""
        return _counter(self.folder / "memory.events", "oom_kill")

    def is_full(self) -> bool:
        """See ``Group``."""
        return _counter(self.folder / "memory.events", "oom") > 0

    def end(self) -> None:
        """See ``Group``."""
        _end(self.folder)

    def remove(self) -> None:
        """See ``Group``."""
        self.end()
        _remove(self.folder)
