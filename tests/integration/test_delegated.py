"""An ordinary account in a control group that was handed to it: the kernel keeps its limits, as it does for root.

Where the tests run as root they hand groups over themselves, of whichever version this machine has; systemd has no part
in it.
"""

import contextlib
import json
import os
import secrets
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

import arena as package
from arena.sandbox.cgroup import can_make_groups
from arena.sandbox.launchers import NAMES
from tests.integration.conftest import PROGRAMS, Said
from tests.integration.test_unprivileged import _UID, Lower, lower

__all__ = ["lower"]  # the fixture

pytestmark = [
    pytest.mark.sandbox,
    pytest.mark.skipif(os.getuid() != 0 or not can_make_groups(), reason="no control group can be handed over here"),
]

_ROOT = Path("/sys/fs/cgroup")
_ENTER = 'for folder in $HANDED; do echo $$ > "$folder/cgroup.procs" || exit 99; done; exec "$@"'
# It stops by itself at 640 MiB, so that a missing wall costs little.
_FORKS = """
import os, time
for _ in range(8):
    if os.fork() == 0:
        held = bytearray(80 << 20)
        for at in range(0, len(held), 4096):
            held[at] = 1
        time.sleep(5)
        os._exit(0)
time.sleep(5)
"""


@pytest.fixture
def handed() -> Iterator[list[Path]]:
    """Groups that belong to the account: one of version 2, or one in each hierarchy of version 1."""
    is_v2 = (_ROOT / "cgroup.procs").exists()
    name = f"handed-{secrets.token_hex(4)}"
    made = [_ROOT / place / name for place in ([""] if is_v2 else ["memory", "pids", "cpuacct"])]
    for folder in made:
        folder.mkdir()
        for path in (folder, *(folder / file for file in ("cgroup.procs", "cgroup.subtree_control"))):
            if path.exists():
                os.chown(path, _UID, _UID)
        if is_v2:
            os.setxattr(folder, "user.delegate", b"1")  # As systemd does.
    yield made
    patience = time.monotonic() + 5
    while any(folder.exists() for folder in made) and time.monotonic() < patience:
        for path in (each for folder in made for each in (*folder.glob("arena-*"), folder)):
            with contextlib.suppress(OSError):
                path.rmdir()


def _say(lower: Lower, handed: list[Path], *arguments: str) -> Said:
    """Run a command as the account, in the groups."""
    repository = str(Path(package.__file__).parents[1])
    asked = {
        "uid": _UID,
        "paths": [sys.base_prefix, sys.prefix, repository],
        "argv": [sys.executable, "-m", "arena", *arguments],
        "environment": lower.arena.environment(PYTHONPATH=repository, PYTHONDONTWRITEBYTECODE="1"),
        "cwd": str(lower.arena.root),
    }
    ended = subprocess.run(
        ["/bin/sh", "-c", _ENTER, "sh", sys.executable, "-I", str(PROGRAMS / "lower.py"), json.dumps(asked)],
        env={"HANDED": " ".join(map(str, handed))},
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )
    return Said(code=ended.returncode, out=ended.stdout, err=ended.stderr, seconds=0)


@pytest.mark.parametrize("launcher", NAMES)
def test_the_kernel_bounds_the_jobs_of_an_ordinary_account(lower: Lower, handed: list[Path], launcher: str) -> None:
    """Memory of many processes counts together, the record says so, and every job's group is gone afterwards."""
    arena = lower.arena
    shutil.rmtree(arena.root / "submissions", ignore_errors=True)
    arena.shelve(f"forks-{launcher}", "main.py", f"{_FORKS}# {launcher}\n")
    for path in (arena.root / "submissions", *(arena.root / "submissions").rglob("*")):
        os.chown(path, _UID, _UID)
    said = _say(lower, handed, "grade", "--json", "--launcher", launcher)
    assert said.code == 0, said.text
    assert [each["outcome"] for each in said.json] == ["memory_exceeded"]
    record = next(each for each in arena.records() if each["team"] == f"forks-{launcher}")
    assert {"memory:cgroup", "cpu:cgroup"} <= set(record["protections"])
    assert "uid_drop" not in record["protections"]
    assert not any(list(folder.glob("arena-*-*")) for folder in handed)
