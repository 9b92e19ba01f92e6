"""What only a control group can bound: memory that no process owns, and time of children that nobody waits for."""

import os

import pytest

from arena.model.outcome import Outcome
from arena.sandbox.cgroup import can_make_groups
from tests.integration.conftest import Arena, each_launcher

pytestmark = [
    pytest.mark.sandbox,
    each_launcher,
    pytest.mark.skipif(
        os.getuid() != 0 or not can_make_groups(), reason="no control group can be made here: limits are polled"
    ),
]

# Every hog stops by itself at 640 MiB, so that a missing wall costs little.
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
_SHARED = """
import mmap, time
held = [mmap.mmap(-1, 80 << 20) for _ in range(8)]
for area in held:
    for at in range(0, len(area), 4096):
        area[at] = 1
time.sleep(5)
"""
_MEMFD = """
import os, time
for _ in range(64):
    os.write(os.memfd_create("hog"), bytes(10 << 20))
time.sleep(5)
"""
_UNWAITED = """
import os, signal, time
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
for _ in range(40):
    if os.fork() == 0:
        until = time.process_time() + 0.2
        while time.process_time() < until:
            pass
        os._exit(0)
    time.sleep(0.25)
"""


@pytest.mark.parametrize("source", [_FORKS, _SHARED, _MEMFD], ids=["forks", "shared maps", "memfd"])
def test_memory_is_bounded_over_all_processes(arena: Arena, source: str) -> None:
    """Memory in many processes, in shared maps and in nameless files counts, and the outcome says so."""
    ended = arena.program(source, memory_bytes=200 << 20, wall_seconds=15)
    assert ended.outcome is Outcome.MEMORY_EXCEEDED
    assert ended.graded.record is not None
    assert "memory:cgroup" in ended.graded.record.protections


def test_time_of_children_that_nobody_waits_for_counts(arena: Arena) -> None:
    """Short children that vanish unseen between two looks are charged all the same."""
    ended = arena.program(_UNWAITED, cpu_seconds=1.0, wall_seconds=19)
    assert ended.outcome is Outcome.BUDGET_EXCEEDED
    assert ended.graded.record is not None
    assert ended.graded.record.usage.cpu_s < 2.5
