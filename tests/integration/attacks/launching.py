"""The one place where the suite opens a launcher, and what this account and machine can do for it."""

import functools
import os
from pathlib import Path

from arena.sandbox import launchers
from arena.sandbox.cgroup import can_make_groups
from arena.sandbox.interface import Launcher
from arena.sandbox.runtime import Runtime
from tests.integration.attacks.attack import Setting


def open_launcher(name: str, runtime: Runtime, private: tuple[Path, ...]) -> Launcher:
    """The launcher of that name.

    Raises:
        SandboxUnavailableError: this machine cannot run it, and why.
    """
    return launchers.open_launcher(name, runtime, private)


def privilege() -> str:
    """Whose privilege the grader of this run has."""
    return "root" if os.getuid() == 0 else "user"


@functools.cache
def setting(launcher: str) -> Setting:
    """Where this run's cells of a launcher stand."""
    return Setting(launcher=launcher, privilege=privilege(), groups=can_make_groups())
