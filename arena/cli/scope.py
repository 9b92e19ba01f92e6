"""Start a command anew where its account may make control groups: in a scope that systemd delegates to it.

Theory of operation. Only the kernel can bound the memory and count the time of a whole job, and an ordinary account may
ask it to only in a subtree that was handed to it. ``systemd-run --user --scope -p Delegate=yes`` runs a command in one,
as the same account, with the same files, folder and terminal, and ends as it ends. So a command that runs submitted
code replaces itself by that, once; where it cannot, it goes on, and limits are polled.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from arena.sandbox.cgroup import can_make_groups
from arena.sandbox.delegation import SCOPE_VARIABLE

SCOPE = ("systemd-run", "--user", "--scope", "--quiet", "--collect", "-p", "Delegate=yes")
NEEDED = frozenset({"memory", "pids"})
_TABLES = (".csv", ".parquet")
_HELP = {"-h", "--help"}
_PATIENCE_SECONDS = 10
# Run in a scope, it tells which controllers are delegated with it.
_ASK = 'cat "/sys/fs/cgroup$(sed -n s/^0:://p /proc/self/cgroup)/cgroup.controllers"'


def enter_scope() -> None:
    """Become the same command in a scope of its own, where that helps; else return."""
    if (
        is_useful(sys.argv, os.environ, os.getuid())
        and has_user_manager(os.environ)
        and not can_make_groups()
        and delegated_controllers() >= NEEDED
    ):
        environment = {**os.environ, SCOPE_VARIABLE: "1"}
        os.execvpe(SCOPE[0], [*SCOPE, "--", sys.executable, *sys.orig_argv[1:]], environment)  # noqa: S606 - its purpose


def is_useful(argv: Sequence[str], environment: Mapping[str, str], uid: int) -> bool:
    """Whether a command may run submitted code, as an ordinary account that has not tried this yet.

    A library that runs commands inside another program, as tests do, is not to replace that program.
    """
    program = Path(argv[0])
    is_arena = program.name == "arena" or program.parts[-2:] == ("arena", "__main__.py")
    asks = _HELP.intersection(argv)
    table = any(argument.casefold().endswith(_TABLES) for argument in argv)
    return is_arena and uid != 0 and not asks and not table and not environment.get(SCOPE_VARIABLE)


def has_user_manager(environment: Mapping[str, str]) -> bool:
    """Whether systemd runs for this account, and can be reached."""
    folder = environment.get("XDG_RUNTIME_DIR")
    return bool(folder and Path(folder, "bus").exists() and shutil.which(SCOPE[0]))


def delegated_controllers() -> frozenset[str]:
    """Which controllers a scope gets, found by starting one; none where it cannot be started."""
    try:
        asked = subprocess.run(
            [*SCOPE, "--", "/bin/sh", "-c", _ASK],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=_PATIENCE_SECONDS,
            check=False,
        )
    except (OSError, subprocess.SubprocessError):
        return frozenset()
    return frozenset(asked.stdout.split()) if asked.returncode == 0 else frozenset()
