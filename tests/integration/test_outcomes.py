"""How attempts end: every way of failing gives its own outcome, in time, and harms nothing."""

import re
from dataclasses import dataclass, field

import pytest

from arena.model.outcome import Outcome
from tests.integration.conftest import TASK, Arena, each_launcher, guess, table

pytestmark = [pytest.mark.sandbox, each_launcher]

_MIB = 1024**2
_WRITE = f"open('submission.csv', 'w').write({table(guess())!r})\n"
# Hogs stop by themselves at a total that no machine minds, so a limit that fails costs nothing but the test.
_HOG = """
import time
held = []
for _ in range({count}):
    held.append(bytearray(b'x') * (16 << 20))
time.sleep(3)
"""


@dataclass(frozen=True, slots=True)
class Case:
    """A program, its limits, and how it must end."""

    name: str
    source: str
    outcome: Outcome
    message: str
    budget: dict[str, float] = field(default_factory=dict)


_CASES = (
    Case("raises", "raise ValueError('boom')", Outcome.CRASHED, "run.crashed"),
    Case("does not compile", "def", Outcome.CRASHED, "run.crashed"),
    Case("leaves with a sentence", "import sys; sys.exit('not today')", Outcome.CRASHED, "run.crashed"),
    Case("fails after writing", _WRITE + "raise SystemExit(7)", Outcome.CRASHED, "run.crashed"),
    Case("aborts", "import os; os.abort()", Outcome.CRASHED, "run.signalled"),
    Case("reads address 0", "import ctypes; ctypes.string_at(0)", Outcome.CRASHED, "run.signalled"),
    Case("kills itself", _WRITE + "import os; os.kill(os.getpid(), 9)", Outcome.CRASHED, "run.signalled"),
    # A signal that the grader did not send is no evidence of a limit.
    Case("pretends", "import os, signal; os.kill(os.getpid(), signal.SIGXCPU)", Outcome.CRASHED, "run.signalled"),
    Case("does nothing", "pass", Outcome.NO_PREDICTIONS, "run.no_predictions"),
    Case("exits at once", _WRITE + "import os; os._exit(0)", Outcome.SCORED, "run.scored"),
    Case("leaves politely", _WRITE + "import sys; sys.exit()", Outcome.SCORED, "run.scored"),
    Case(
        "prints for ever",
        "while True: print('x' * 1000)",
        Outcome.OUTPUT_FLOODED,
        "run.output_flooded",
    ),
    Case(
        "prints one line for ever",
        "import os\nwhile True: os.write(2, bytes(65536))",
        Outcome.OUTPUT_FLOODED,
        "run.output_flooded",
    ),
    Case(
        "sleeps for ever",
        _WRITE + "import time\nwhile True: time.sleep(60)",
        Outcome.TIME_EXCEEDED,
        "run.time_exceeded",
        {"wall_seconds": 0.7},
    ),
    Case(
        "stops itself",
        "import os, signal; os.kill(os.getpid(), signal.SIGSTOP)",
        Outcome.TIME_EXCEEDED,
        "run.time_exceeded",
        {"wall_seconds": 0.7},
    ),
    Case(
        "ignores signals",
        "import contextlib, signal\nfor number in range(1, 65):\n"
        " with contextlib.suppress(OSError, ValueError): signal.signal(number, signal.SIG_IGN)\n"
        "while True: signal.pause()",
        Outcome.TIME_EXCEEDED,
        "run.time_exceeded",
        {"wall_seconds": 0.7},
    ),
    Case(
        "closes its output and stays",
        "import os, time\nos.closerange(0, 1024)\nwhile True: time.sleep(60)",
        Outcome.TIME_EXCEEDED,
        "run.time_exceeded",
        {"wall_seconds": 0.7},
    ),
    Case(
        "spins",
        "while True: pass",
        Outcome.BUDGET_EXCEEDED,
        "run.cpu_exceeded",
        {"cpu_seconds": 0.96},
    ),
    Case(
        "spins in children",
        "import os\nfor _ in range(3): os.fork()\nwhile True: pass",
        Outcome.BUDGET_EXCEEDED,
        "run.cpu_exceeded",
        {"cpu_seconds": 1},
    ),
    Case(
        "takes memory",
        _HOG.format(count=40),
        Outcome.MEMORY_EXCEEDED,
        "run.memory_exceeded",
        {"memory_bytes": 400 * _MIB},
    ),
    Case(
        "takes memory in children",
        "import os\nfor _ in range(2): os.fork()" + _HOG.format(count=6),
        Outcome.MEMORY_EXCEEDED,
        "run.memory_exceeded",
        {"memory_bytes": 200 * _MIB},
    ),
    Case(
        "fills the disk",
        "with open('big', 'wb') as file:\n for _ in range(64): file.write(bytes(1 << 20))",
        Outcome.DISK_EXCEEDED,
        "run.disk_exceeded",
        {"disk_bytes": 4 * _MIB},
    ),
    Case(
        "fills the disk with many files",
        "for n in range(64):\n with open(f'/tmp/{n}', 'wb') as file: file.write(bytes(1 << 20))",
        Outcome.DISK_EXCEEDED,
        "run.disk_exceeded",
        {"disk_bytes": 4 * _MIB},
    ),
    Case(
        "fills the disk and shrugs",
        "import contextlib\nwith contextlib.suppress(OSError), open('big', 'wb') as file:\n"
        " for _ in range(64): file.write(bytes(1 << 20))",
        Outcome.DISK_EXCEEDED,
        "run.disk_exceeded",
        {"disk_bytes": 4 * _MIB},
    ),
)


@pytest.mark.parametrize("case", _CASES, ids=lambda case: case.name)
def test_a_program_that(arena: Arena, case: Case) -> None:
    """Each way of ending has its outcome, stays near its limit, and leaves one record."""
    ended = arena.program(case.source, **case.budget)
    assert (ended.outcome, ended.message) == (case.outcome, case.message), ended.log[-2000:]
    record = ended.graded.record
    assert record is not None
    limit = case.budget.get("wall_seconds", 10)
    assert record.usage.wall_s < limit + 1
    assert record.usage.charged <= limit
    assert record.usage.peak_memory_bytes < 700 * _MIB
    assert len(ended.log.encode()) < 17 * 1024
    assert len(arena.records()) == 1


_HIDDEN_MEMORY = {
    "files without a name": "held.append(os.memfd_create('x')); os.write(held[-1], block)",
    "shared maps": "held.append(mmap.mmap(-1, len(block))); held[-1].write(block)",
    "files in shared memory": "open(f'/dev/shm/{number}', 'wb').write(block[:3 << 20])",
    "pipes and sockets": "held += fill(), fill(), fill(), fill()",
    "children that come and go": "os.fork() or (block * 2, time.sleep(5))",
}


@pytest.mark.parametrize("source", _HIDDEN_MEMORY.values(), ids=_HIDDEN_MEMORY.keys())
def test_memory_that_no_process_shows_is_bounded(arena: Arena, source: str) -> None:
    """Where there is a control group, memory that no process's size shows is counted, too."""
    if "memory:cgroup" not in arena.launcher().protections:
        pytest.skip("no memory control group can be made here: such memory is not bounded")
    ended = arena.program(
        f"""
import mmap, os, socket, time
block, held = bytes(4 << 20), []
def fill():
    pair = socket.socketpair()
    pair[0].setblocking(False)
    pair[0].setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 20)
    try:
        while True:
            pair[0].send(block[:1 << 16])
    except OSError:
        return pair
for number in range(200):
    {source}
time.sleep(3)
""",
        memory_bytes=64 * _MIB,
        disk_bytes=1024 * _MIB,
    )
    assert ended.outcome is Outcome.MEMORY_EXCEEDED, ended.log


def test_cpu_time_of_children_that_nobody_waits_for_counts(arena: Arena) -> None:
    """Where there is a control group, short-lived children whose end is ignored do not hide what they used."""
    if "cpu:cgroup" not in arena.launcher().protections:
        pytest.skip("no CPU control group can be made here: such time is counted as far as it is seen")
    ended = arena.program(
        """
import os, signal, time
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
end = time.monotonic() + 8
while time.monotonic() < end:
    try:
        child = os.fork()
    except BlockingIOError:
        time.sleep(0.01)
        continue
    if child == 0:
        until = time.process_time() + 0.02
        while time.process_time() < until:
            pass
        os._exit(0)
""",
        cpu_seconds=1,
    )
    assert ended.outcome is Outcome.BUDGET_EXCEEDED, ended.log


def test_a_fork_bomb_is_bounded(arena: Arena) -> None:
    """No more processes come to be than the task allows, and the job ends as any other."""
    ended = arena.program(
        _WRITE
        + """
import os, signal
children = 0
try:
    while children < 200:
        if os.fork() == 0:
            signal.pause()
        children += 1
except OSError:
    pass
print(children)
""",
        processes=16,
    )
    assert ended.outcome is Outcome.SCORED
    assert 8 <= int(ended.log) < 16


def test_a_traceback_begins_in_the_learners_file(arena: Arena) -> None:
    """The log shows the learner's own lines and none of the harness's."""
    ended = arena.program("def train():\n    return 1 / 0\n\ntrain()\n")
    assert "ZeroDivisionError" in ended.log
    assert ", line 4, in <module>" in ended.log
    assert "return 1 / 0" in ended.log
    assert "arena_guest" not in ended.log


def test_a_syntax_error_shows_its_line(arena: Arena) -> None:
    """What cannot be compiled is shown with its line, as Python shows it, and none of the harness's."""
    ended = arena.program("print('never')\nif True print('typo')\n")
    assert "line 2" in ended.log
    assert "SyntaxError" in ended.log
    assert "arena_guest" not in ended.log


def test_a_log_cannot_steer_a_terminal(arena: Arena) -> None:
    """Escapes, bidirectional marks and bytes that are no text are shown as text, in ``log`` and in ``check``."""
    noise = b"plain \x1b[2J\x1b]0;title\x07 \xff\xfe \xc2\x9b31m \xe2\x80\xae reversed \r over \x00 end\n"
    path = arena.hand("noise/main.py", f"import os; os.write(1, {noise!r}); raise SystemExit(3)")
    checked = arena.say("check", TASK, str(path))
    record = arena.say("submit", TASK, str(path), "--team", "noise", "--json").json["id"]
    shown = arena.say("log", record[:12])
    as_json = arena.say("log", record, "--json")
    assert (checked.code, shown.code, as_json.code) == (3, 0, 0)
    for said in (checked, shown, as_json):
        assert "plain" in said.text
        assert "end" in said.text
        assert re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", said.text) is None
    assert "\\x1b[2J" in shown.out


def test_a_long_log_keeps_its_head_and_tail(arena: Arena) -> None:
    """Of a log beyond the limit the beginning and the end are kept, and a line says how much is not."""
    ended = arena.program("print('first'); print('x' * 100_000); print('last'); raise SystemExit(1)")
    assert ended.log.startswith("first\n")
    assert ended.log.endswith("last\n")
    assert re.search(r"\n… \d+ bytes left out …\n", ended.log)
