"""What a launcher promises.

Theory of operation. A ``Job`` names a guest module with arguments, read-only mounts, a budget and the files that it
should leave behind. A ``Launcher`` runs it where it sees nothing else: no network, no file that is not mounted, no
process that is not its own. The launcher measures from outside, writes down why before it kills, and takes the named
files out as bytes after every process of the job is dead. What comes back is data; nothing of the job runs in, or is
loaded by, the grader.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Protocol

from arena.errors import InfrastructureError
from arena.model.budget import Budget, Usage


class SandboxUnavailableError(InfrastructureError):
    """This machine cannot start the sandbox; the message says what to install or enable."""


class SandboxFailedError(InfrastructureError):
    """The sandbox broke by itself. Never the submission's fault."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mount:
    """A host file or folder, read-only at ``target`` inside."""

    source: Path
    target: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One run. ``module`` is a module of ``sandbox/guest``; ``outputs`` are file names below the working folder."""

    module: str
    arguments: tuple[str, ...]
    mounts: tuple[Mount, ...]
    environment: Mapping[str, str]
    budget: Budget
    outputs: tuple[str, ...]
    output_max_bytes: int
    masks: tuple[Path, ...] = ()


class KillReason(Enum):
    """Why the grader ended the job. Recorded before the kill."""

    DEVICE = "device"
    WALL = "wall"
    CPU = "cpu"
    MEMORY = "memory"
    LOG = "log"


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
        """

    def close(self) -> None:
        """End what is kept ready for further jobs. The launcher can be used again afterwards."""
