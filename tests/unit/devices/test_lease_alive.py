"""Unknown is never taken for dead."""

import os
import sys
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from arena.devices.alive import REAL, Identity, Sight, identify, sight, this_process
from tests.unit.devices.lease_fakes import FakeProcesses

linux = pytest.mark.skipif(sys.platform != "linux", reason="what proves a process dead is read from Linux")


@linux
def test_this_process() -> None:
    """The caller sees itself alive, and is seen dead under its number with another start."""
    mine = this_process()
    assert sight(mine, REAL) is Sight.ALIVE
    ((pid, started),) = mine.processes
    assert pid == os.getpid()
    assert sight(replace(mine, processes=((pid, started + 1),)), REAL) is Sight.DEAD
    assert sight(replace(mine, processes=((2**22 + 1, 1),)), REAL) is Sight.DEAD


@linux
def test_elsewhere() -> None:
    """Of what was seen in another boot or namespace nothing is known."""
    for place in ("another", None):
        assert sight(replace(this_process(), place=place), REAL) is Sight.UNKNOWN


def test_text() -> None:
    """An identity comes back from its text as it was; from another text comes one of which nothing is known."""
    identity = Identity(place="here", processes=((1, 2), (3, 4)), groups=("/a",))
    assert Identity.from_text(identity.to_text()) == identity
    for text in ("", "[]", "{}", '{"place": "here", "processes": [[1]], "groups": []}'):
        assert sight(Identity.from_text(text), FakeProcesses(boot="here")) is Sight.UNKNOWN


def test_worst_counts() -> None:
    """A sandbox is dead when all of it is; what is alive counts before what is unknown."""
    machine = FakeProcesses()
    both = [machine.start().processes[0] for _ in range(2)]
    identity = Identity(place=machine.boot, processes=tuple(both), groups=("/g",))
    machine.hidden.add(both[0][0])
    assert sight(identity, machine) is Sight.ALIVE
    del machine.living[both[1][0]]
    assert sight(identity, machine) is Sight.UNKNOWN
    machine.hidden.clear()
    del machine.living[both[0][0]]
    assert sight(identity, machine) is Sight.DEAD
    for members, expected in ((None, Sight.UNKNOWN), (1, Sight.ALIVE), (0, Sight.DEAD)):
        machine.groups["/g"] = members
        assert sight(identity, machine) is expected


def test_identify_the_dead() -> None:
    """A process that has ended already is not looked for."""
    machine = FakeProcesses()
    assert identify(machine, [77]).processes == ()


@linux
def test_groups(tmp_path: Path) -> None:
    """A group counts with those below it; one that is gone is empty only where its hierarchy is still there."""
    for name, pids in (("", "1\n"), ("job", ""), ("job/below", "5\n6\n")):
        (tmp_path / name).mkdir(exist_ok=True, parents=True)
        (tmp_path / name / "cgroup.procs").write_text(pids, encoding="ascii")
    assert REAL.members(str(tmp_path / "job")) == 2
    assert REAL.members(str(tmp_path / "job/below/none")) == 0
    assert REAL.members(str(tmp_path / "gone")) == 0
    assert REAL.members(str(tmp_path / "not" / "mounted")) is None


@linux
def test_thread_is_no_other_process() -> None:
    """A process with several threads is one process."""
    done = threading.Event()
    thread = threading.Thread(target=done.wait)
    thread.start()
    try:
        assert sight(this_process(), REAL) is Sight.ALIVE
    finally:
        done.set()
        thread.join()
