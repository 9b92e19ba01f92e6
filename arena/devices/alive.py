"""What proves that a process, or a whole sandbox, is dead.

Theory of operation. A process is named by its number together with the moment it started, for numbers are used again;
a sandbox by processes whose end ends all others in it (the first process of its pid namespace, and the launcher
outside) and by its control groups. It is seen dead when none of these processes is there any more and no process is in
its groups. Both can be seen only from where they were seen before: in the same boot of the same machine and the same
namespaces of processes and groups. From anywhere else, or where something cannot be read, nothing is known, and
unknown is never taken for dead.
"""

import contextlib
import functools
import json
import os
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from enum import Enum
from pathlib import Path
from typing import Protocol

_PROC = Path("/proc")
_STATE, _STARTED = 0, 19  # of the fields after the command's name; proc(5) counts both from 3
_ENDED = {b"Z", b"X"}


class Sight(Enum):
    """What is known of a process or a sandbox."""

    ALIVE = "alive"
    DEAD = "dead"
    UNKNOWN = "unknown"


class Processes(Protocol):
    """The processes of a machine. No method raises."""

    def place(self) -> str | None:
        """Boot and namespaces, from which alone numbers and groups mean the same; ``None`` if they cannot be told."""

    def started(self, pid: int) -> int | None:
        """When a living process started, in clock ticks since the boot.

        ``None`` if no such process lives, -1 if there is one of which nothing more can be told.
        """

    def members(self, group: str) -> int | None:
        """How many processes are in a control group and those below it, 0 if it is gone; ``None`` if unknown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """A process, or a sandbox.

    ``processes`` are pairs of number and start, in clock ticks since the boot; ``groups`` are folders of
    control groups.
    """

    place: str | None
    processes: tuple[tuple[int, int], ...]
    groups: tuple[str, ...] = ()

    def to_text(self) -> str:
        """As the store keeps it."""
        return json.dumps(asdict(self), sort_keys=True)

    @classmethod
    def from_text(cls, text: str) -> "Identity":
        """What ``to_text`` wrote; of anything else, an identity of which nothing can be known."""
        try:
            data = json.loads(text)
            return cls(
                place=data["place"],
                processes=tuple((int(pid), int(started)) for pid, started in data["processes"]),
                groups=tuple(map(str, data["groups"])),
            )
        except (ValueError, TypeError, KeyError):
            return cls(place=None, processes=())


def identify(processes: Processes, pids: Iterable[int], groups: Iterable[str] = ()) -> Identity:
    """The identity of living processes that belong together, and of their groups.

    Call it while they cannot have been replaced by others: from their parent, before it waits for them. One that has
    ended already has nothing left to prove.
    """
    seen = tuple((pid, started) for pid in pids if (started := processes.started(pid)) is not None)
    return Identity(place=processes.place(), processes=seen, groups=tuple(groups))


def sight(identity: Identity, processes: Processes) -> Sight:
    """What can be seen of it now. Who was seen dead stays dead."""
    if identity.place is None or identity.place != processes.place():
        return Sight.UNKNOWN
    found = [_sight_of_process(processes.started(pid), started) for pid, started in identity.processes]
    found += [_sight_of_group(processes.members(group)) for group in identity.groups]
    return next((each for each in (Sight.ALIVE, Sight.UNKNOWN) if each in found), Sight.DEAD)


def _sight_of_process(now: int | None, then: int) -> Sight:
    if now is None:
        return Sight.DEAD
    if -1 in {now, then}:
        return Sight.UNKNOWN
    return Sight.ALIVE if now == then else Sight.DEAD


def _sight_of_group(members: int | None) -> Sight:
    if members is None:
        return Sight.UNKNOWN
    return Sight.ALIVE if members else Sight.DEAD


class RealProcesses:
    """This machine's, by ``/proc`` and the folders of control groups."""

    def place(self) -> str | None:
        """See ``Processes``."""
        return _place(os.getpid())

    def started(self, pid: int) -> int | None:
        """See ``Processes``."""
        try:
            data = (_PROC / str(pid) / "stat").read_bytes()
        except FileNotFoundError:
            # A /proc may hide the processes of others (`hidepid`). The kernel does not.
            return -1 if _is_there(pid) else None
        except ProcessLookupError:
            return None
        except OSError:
            return -1
        # The command's name stands in parentheses and may hold anything, closing ones included.
        fields = data[data.rindex(b")") + 2 :].split()
        # One that ended but is not waited for holds nothing more, unless its other threads go on.
        if fields[_STATE] in _ENDED and not _has_other_threads(pid):
            return None
        return int(fields[_STARTED])

    def members(self, group: str) -> int | None:
        """See ``Processes``."""
        folder = Path(group)
        try:
            if not folder.is_dir():
                # The kernel lets nobody remove a group that is not empty, but a hierarchy may be mounted elsewhere.
                return 0 if (folder.parent / "cgroup.procs").exists() else None
            return sum(_listed(path) for path in (folder / "cgroup.procs", *folder.rglob("*/cgroup.procs")))
        except OSError:
            return None


@functools.lru_cache(maxsize=1)
def _place(_: int) -> str | None:
    """Where this process, whose number is asked for so that a fork looks anew, sees from."""
    try:
        boot = (_PROC / "sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
        return " ".join((boot, *(_namespace(kind) for kind in ("pid", "cgroup", "time"))))
    except OSError:
        return None


def _namespace(kind: str) -> str:
    try:
        return str(Path(f"/proc/self/ns/{kind}").readlink())
    except FileNotFoundError:
        return f"{kind}:none"  # An old kernel knows no such namespaces, so all processes are in one.


def _listed(path: Path) -> int:
    with contextlib.suppress(FileNotFoundError):  # A group below that was removed meanwhile, so it is empty.
        return len(path.read_bytes().split())
    return 0


def _is_there(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


def _has_other_threads(pid: int) -> bool:
    try:
        return len(list((_PROC / str(pid) / "task").iterdir())) > 1
    except (FileNotFoundError, ProcessLookupError):
        return False
    except OSError:
        return True


REAL = RealProcesses()


def this_process() -> Identity:
    """The identity of the caller, as an owner of leases."""
    return identify(REAL, [os.getpid()])
