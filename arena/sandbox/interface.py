"""What a launcher promises.

Theory of operation. A ``Job`` names a guest module with arguments, read-only mounts, a budget and the files that it
should leave behind. A ``Launcher`` runs it where it sees nothing else: no network, no file that is not mounted, no
process that is not its own. The launcher measures from outside, writes down why before it kills, and takes the named
files out as bytes after every process of the job is dead. What comes back is data; nothing of the job runs in, or is
loaded by, the grader.

The devices that a job runs on are its ``Hold``. A launcher builds the sandbox, tells the hold which processes it is,
and only then lets the user's code go: from that moment the hold counts.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import Any, Protocol

from arena.errors import AttemptFailedError, InfrastructureError
from arena.model.budget import Budget, Usage


class SandboxUnavailableError(InfrastructureError):
    """This machine cannot start the sandbox; the message says what to install or enable."""


class SandboxFailedError(AttemptFailedError):
    """The sandbox broke by itself. Never the submission's fault."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mount:
    """A host file or folder, read-only at ``target`` inside."""

    source: Path
    target: str


class KillReason(Enum):
    """Why the grader ended the job. Recorded before the kill."""

    DEVICE = "device"
    WALL = "wall"
    CPU = "cpu"
    MEMORY = "memory"
    GPU_MEMORY = "gpu_memory"
    LOG = "log"


@dataclass(frozen=True, slots=True, kw_only=True)
class Leased:
    """What a hold cost: ``seconds`` are leased device-seconds. ``advisory`` are a driver's figures, not charged."""

    unit: str
    device_class: str
    seconds: float
    advisory: Mapping[str, Any] = field(default_factory=dict)


class Hold(Protocol):
    """The devices of one attempt, as a launcher knows them. Each of its jobs takes it from ``attach`` to ``end``.

    Any method may raise an ``InfrastructureError``: the job must end then, and what it leaves does not count.
    """

    def attach(self, pids: Sequence[int], groups: Sequence[Path], end: Callable[[], None]) -> None:
        """Learn what the sandbox is, before it gets its go: its first processes, its control groups, how to end it.

        ``end`` may be called from another thread, at any time until ``end`` of this hold has returned.
        """

    def begin(self) -> None:
        """The user's code goes now."""

    def exceeded(self) -> KillReason | None:
        """Why the job must end now, as far as the devices are concerned."""

    def end(self) -> Leased:
        """Every process of the job is dead."""


@dataclass(slots=True)
class Unleased:
    """The ``Hold`` of a job that runs on no leased device, such as a task's own recipe: a clock."""

    _began: float = 0.0

    def attach(self, pids: Sequence[int], groups: Sequence[Path], end: Callable[[], None]) -> None:
        """See ``Hold``."""

    def begin(self) -> None:
        """See ``Hold``."""
        self._began = time.monotonic()

    def exceeded(self) -> KillReason | None:
        """See ``Hold``."""
        return None

    def end(self) -> Leased:
        """See ``Hold``."""
        return Leased(unit="cpu_slot_s", device_class="cpu", seconds=time.monotonic() - self._began)


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One run. ``module`` is a module of ``sandbox/guest``; ``outputs`` are file names below the working folder.

    ``nodes`` are the device files that it may use, at their own paths unless a target says otherwise. ``stdin`` is what
    its standard input holds, in a file without a name.
    """

    module: str
    arguments: tuple[str, ...]
    mounts: tuple[Mount, ...]
    environment: Mapping[str, str]
    budget: Budget
    outputs: tuple[str, ...]
    output_max_bytes: int
    masks: tuple[Path, ...] = ()
    nodes: tuple[Mount, ...] = ()
    stdin: bytes = b""
    hold: Hold = field(default_factory=Unleased)


@dataclass(frozen=True, slots=True)
class Exited:
    """The user's process ended by itself with this code."""

    code: int


@dataclass(frozen=True, slots=True)
class Signalled:
    """A signal that the grader did not send ended the user's process."""

    signal: int


@dataclass(frozen=True, slots=True)
class Killed:
    """The grader ended it."""

    reason: KillReason


Ending = Exited | Signalled | Killed


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """What a job left.

    ``faults`` maps the name of an output that is not in ``outputs`` to why: ``missing``, ``link``,
    ``not_a_file``, ``hard_link`` or ``too_large``. ``log`` is the head and tail of stdout and stderr together.
    """

    ending: Ending
    outputs: Mapping[str, bytes]
    faults: Mapping[str, str]
    log: bytes
    log_total_bytes: int
    disk_full: bool
    usage: Usage


class Launcher(Protocol):
    """Starts sandboxes."""

    @property
    def name(self) -> str:
        """Short name, as reports show it."""

    @property
    def protections(self) -> tuple[str, ...]:
        """What is in force for every job of this launcher, as records list it."""

    def run(self, job: Job) -> Finished:
        """Run a job to its end; nothing of it is left running, mounted or on disk afterwards.

        Raises:
            SandboxUnavailableError: this machine cannot start it.
            SandboxFailedError: it broke by itself.
            InfrastructureError: its hold says that it must not go on.
        """

    def close(self) -> None:
        """End what is kept ready for further jobs. The launcher can be used again afterwards."""
