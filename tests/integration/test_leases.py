"""Real processes race for devices and are killed: two never hold one, and the store stays whole."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import arena
from tests.integration.conftest import PROGRAMS

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="what proves a process dead is read from Linux")

# 10000 for the full proof, which takes some minutes.
_LEASES = int(os.environ.get("ARENA_TEST_LEASES", "1500"))
_MEMORY = Path("/dev/shm")


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder in memory, where there is such a place: a killed process loses as little there as on a disk."""
    with tempfile.TemporaryDirectory(dir=_MEMORY if _MEMORY.is_dir() else None) as name:
        yield Path(name)


def _told(program: str, **asked: Any) -> Any:
    ended = subprocess.run(
        [sys.executable, str(PROGRAMS / program), json.dumps(asked)],
        env={**os.environ, "PYTHONPATH": str(Path(arena.__file__).parents[1])},
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=900,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    return json.loads(ended.stdout)


def test_two_never_hold_one_device(folder: Path) -> None:
    """64 processes, four devices, holders killed at random: the kernel's own lock is always free for the next one."""
    told = _told(
        "racing.py",
        folder=str(folder),
        devices=4,
        holders=64,
        leases=_LEASES,
        kill_every=20,
        seed=20261101,
        blind=False,
    )
    assert told["broken"] == []
    assert told["violations"] == []
    assert told["leases"] >= _LEASES
    assert told["kills"] >= _LEASES // 20 - 1
    for fences in told["fences"]:
        assert fences == sorted(set(fences)), "fences rise, and each is held once"
    # Killed holders' devices passed on by themselves: all that ran was seen dead, so nothing is left in quarantine.
    assert len(told["inherited"]) > told["kills"] // 8
    assert set(told["health"]) <= {"draining"}
    assert told["reclaimed"] == [None] * len(told["reclaimed"])
    assert told["problems"] == []


def test_the_witness_sees(folder: Path) -> None:
    """Where nobody is ever seen alive, two hold one device at once, and the witness of the test above says so."""
    told = _told("racing.py", folder=str(folder), devices=2, holders=8, leases=200, kill_every=1000, seed=1, blind=True)
    assert told["violations"]


def test_killed_between_any_two_steps(folder: Path) -> None:
    """A process that is killed before or after any step in the store leaves each operation done or not begun."""
    told = _told("killed_steps.py", folder=str(folder))
    assert told["steps"] > 100
    assert told["problems"] == []
    assert told["torn"] == []
    # Every operation was interrupted somewhere, so that each state was seen after a death.
    assert set(told["seen"]) == set(range(told["operations"] + 1))
