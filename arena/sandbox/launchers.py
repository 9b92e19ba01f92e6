"""The launchers by name, what a probe says of each, and which one a submission gets."""

import sys
import tempfile
from collections.abc import Callable, Collection, Mapping
from pathlib import Path

from arena.errors import InfrastructureError
from arena.model.budget import Budget
from arena.sandbox.interface import Exited, Job, Launcher, SandboxFailedError, SandboxUnavailableError
from arena.sandbox.runtime import Runtime

AUTO = "auto"
NAMES = ("warm", "bwrap")
# A warm server takes as long to start as a few programs take to import their packages: for fewer it does not pay.
FRESH_FIRST = 3

_PROBE_BUDGET = Budget(
    device="cpu",
    cpu_seconds=20,
    wall_seconds=30,
    memory_bytes=1024**3,
    processes=32,
    disk_bytes=16 * 1024**2,
    files=1000,
    log_bytes=64 * 1024,
)


class BelowMinimumError(InfrastructureError):
    """No launcher of this machine has all the protections that a task demands."""


def open_launcher(name: str, runtime: Runtime, private: tuple[Path, ...] = ()) -> Launcher:
    """The launcher ``name`` of ``NAMES``; ``private`` are folders that no job may look into.

    Raises:
        SandboxUnavailableError: this machine lacks what it needs.
    """
    if sys.platform != "linux":
        raise SandboxUnavailableError("sandbox.not_linux", platform=sys.platform)
    if name == "warm":
        from arena.sandbox.warm import WarmLauncher

        return WarmLauncher(runtime=runtime, private=private)
    from arena.sandbox.bwrap import BubblewrapLauncher, find_bwrap

    return BubblewrapLauncher(bwrap=find_bwrap(), runtime=runtime, private=private)


def probe(launcher: Launcher) -> Mapping[str, bool]:
    """Try a launcher's walls from inside; return for each whether it held.

    Raises:
        SandboxUnavailableError: nothing can be run in it.
    """
    with tempfile.NamedTemporaryFile(prefix="arena-probe-") as canary:
        job = Job(
            module="probe",
            arguments=(canary.name,),
            mounts=(),
            environment={},
            budget=_PROBE_BUDGET,
            outputs=(),
            output_max_bytes=0,
        )
        try:
            run = launcher.run(job)
        except SandboxFailedError as error:
            raise SandboxUnavailableError(
                "sandbox.probe_failed", launcher=launcher.name, reason=error.params.get("detail", "")
            ) from error
    said = run.log.decode("utf-8", "replace")
    try:
        walls = {name: state == "held" for name, state in (line.split() for line in said.splitlines())}
    except ValueError:
        walls = {}
    if not walls or (run.ending != Exited(0) and all(walls.values())):
        raise SandboxUnavailableError("sandbox.probe_failed", launcher=launcher.name, reason=said.strip()[-400:])
    return walls


class Launchers:
    """Opens launchers when they are needed, probes and keeps them; ``choice`` is a name, or ``auto``.

    ``auto`` gives the first few submissions a fresh sandbox and the others the warm server, or all of them the warm
    server where it was told to expect more than a few; where a probe shows that one of the two does not hold, all get
    the other.
    """

    def __init__(self, choice: str, open_by_name: Callable[[str], Launcher]) -> None:
        self._choice, self._open = choice, open_by_name
        self._tried: dict[str, Launcher | SandboxUnavailableError] = {}
        self._picked = 0

    def expect(self, submissions: int) -> None:
        """Say how many submissions will be run at most, so that all of them get the same launcher."""
        if submissions > FRESH_FIRST:
            self._picked = FRESH_FIRST

    def pick(self, minimum: Collection[str] = ()) -> Launcher:
        """The launcher for the next submission to a task that demands the protections ``minimum``.

        Raises:
            SandboxUnavailableError: no launcher runs here.
            BelowMinimumError: none of those that run has all the protections.
        """
        self._picked += 1
        order: tuple[str, ...] = (self._choice,)
        if self._choice == AUTO:
            order = NAMES if self._picked > FRESH_FIRST else tuple(reversed(NAMES))
        unavailable: list[SandboxUnavailableError] = []
        lacking: dict[str, list[str]] = {}
        for name in order:
            launcher = self._get(name)
            if isinstance(launcher, SandboxUnavailableError):
                unavailable.append(launcher)
            elif missing := sorted(set(minimum) - set(launcher.protections)):
                lacking[name] = missing
            else:
                return launcher
        if not lacking:
            raise unavailable[0]
        closest = min(lacking, key=lambda name: len(lacking[name]))
        raise BelowMinimumError("sandbox.below_minimum", launcher=closest, missing=", ".join(lacking[closest]))

    def _get(self, name: str) -> Launcher | SandboxUnavailableError:
        if name not in self._tried:
            try:
                self._tried[name] = self._probed(name, tries=2)
            except SandboxUnavailableError as error:
                self._tried[name] = error
        return self._tried[name]

    def _probed(self, name: str, *, tries: int) -> Launcher:
        launcher = self._open(name)
        try:
            found = probe(launcher)
        except SandboxUnavailableError as error:
            # What is said here holds for all submissions, and somebody may have killed a process of ours.
            if error.message_id != "sandbox.probe_failed" or tries == 1:
                raise
            return self._probed(name, tries=tries - 1)
        walls = ", ".join(wall for wall, held in found.items() if not held)
        if walls:
            launcher.close()
            raise SandboxUnavailableError("sandbox.open_walls", launcher=name, walls=walls)
        return launcher

    def close(self) -> None:
        """End what is kept ready."""
        for launcher in self._tried.values():
            if not isinstance(launcher, SandboxUnavailableError):
                launcher.close()
