"""A case that brings the whole run down brings its own submission down, and says nothing by it."""

import pytest

from arena.model.outcome import Outcome
from tests.integration.conftest import each_launcher
from tests.integration.exercises.conftest import Exercise

pytestmark = [pytest.mark.sandbox, each_launcher]

CASES = """\
PUBLIC = [{"function": "act", "name": {"en": "one", "bn": "এক"}, "args": [1]}]
def hidden(seed):
    yield {"function": "act", "name": {"en": "another", "bn": "আরেক"}, "args": [1000 + seed % 1000]}
"""
REFERENCE = "def act(x): return x\n"
# What kills the process that runs the cases: by its number, and with everything else.
KILLS = {"its parent": "os.kill(os.getppid(), 9)", "all that it can": "os.kill(-1, 9)"}
_MORE = """\
import os, time
def act(x):
    for _ in range(12):
        if os.fork() == 0:
            held = [bytearray(b"x") * (8 << 20) for _ in range(12)]
            time.sleep(20)
    time.sleep(20)
"""


@pytest.mark.parametrize("kill", KILLS.values(), ids=KILLS.keys())
def test_the_runner_is_killed(exercise: Exercise, kill: str) -> None:
    """Whoever kills what runs the cases has crashed; where a hidden case does it, no more than that is told."""
    exercise.write(("act",), {"cases.py": CASES, "reference.py": REFERENCE}, seconds=30)
    ended = exercise.grade(f"import os\ndef act(x): {kill}; return x\n")
    assert (ended.graded.outcome, ended.graded.messages[0].id) == (Outcome.CRASHED, "run.signalled")
    ended = exercise.grade(f"import os\ndef act(x):\n    if x > 1: {kill}\n    return x\n")
    assert (ended.graded.outcome, ended.graded.messages[0].id) == (Outcome.CRASHED, "run.crashed_hidden")
    assert (ended.graded.messages[0].params, ended.results) == ({}, ())


def test_memory_of_many_processes(exercise: Exercise) -> None:
    """What the processes of a case take together is limited, too, and ends the run."""
    exercise.write(("act",), {"cases.py": CASES, "reference.py": REFERENCE}, seconds=30)
    ended = exercise.grade(_MORE)
    assert ended.graded.outcome is Outcome.MEMORY_EXCEEDED, ended.log
