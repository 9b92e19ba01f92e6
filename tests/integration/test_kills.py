"""``kill -9`` from outside, at random moments, of everything that grading a program starts.

Of the supervisor, whichever sandbox: nothing of it runs on, the next run takes its control groups away and completes
the work. Of the fork server, of the process that waits for it, and of a job's process 1: that is a fault of ours, so
the submission is not blamed; it is run again. Of the user's own process: nobody but the program itself can reach that
from inside, and a SIGKILL that neither the grader nor the kernel's ``oom_kill`` counter explains looks the same whether
an operator sent it or the program did. It counts as the program's own, the record names the signal, and
``arena grade --again`` puts it right.

Each point is one moment. The usual run tries a few of each; ``ARENA_KILLS=20`` tries twenty.
"""

import contextlib
import os
import random
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from arena.errors import InfrastructureError
from arena.model.outcome import Outcome
from arena.pipeline.grade import Graded, grade
from arena.pipeline.stages import Stages
from arena.sandbox import tree
from arena.worker import scratch_folder
from tests.integration.conftest import Arena, each_launcher, guess, table

pytestmark = [pytest.mark.sandbox, each_launcher]

_POINTS = int(os.environ.get("ARENA_KILLS", "3"))
# Starting a grader anew takes seconds.
_SUPERVISORS = int(os.environ.get("ARENA_KILLS", "2"))
_SEED = 20261101
# Long enough to be met, with a child and files of its own.
_PROGRAM = """\
# {number}
import subprocess, time
held = [subprocess.Popen(["sleep", "{mark}"]) for _ in range(2)]
open("/tmp/left", "wb").write(bytes(1 << 20))
time.sleep(0.15)
for each in held:
    each.kill()
open("submission.csv", "w").write({table!r})
"""
_LONGEST_S = 0.3


@dataclass(frozen=True, slots=True)
class Seen:
    """One process, which its number and the time of its start tell from a later one of the same number."""

    pid: int
    started: str

    @property
    def runs(self) -> bool:
        """Whether it is there and more than an entry that waits to be read."""
        state, started = _state(self.pid)
        return started == self.started and state not in {"Z", "X"}


def _state(pid: int) -> tuple[str, str]:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(") ")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return "X", ""
    return fields[0], fields[19]


def _command(pid: int) -> list[str]:
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_text(encoding="utf-8").rstrip("\0").split("\0")
    return []


def _children(pid: int) -> list[int]:
    return [each for each in tree.descendants(pid) if _parent(each) == pid]


def _parent(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(") ")[2].split()[1])
    except (FileNotFoundError, ProcessLookupError):
        return 0


def _first_child(pid: int | None) -> int | None:
    return next(iter(_children(pid)), None) if pid is not None else None


def _outer(root: int) -> int | None:
    """Who waits for the fork server."""
    return next((pid for pid in tree.descendants(root) if any("sandbox.enter" in each for each in _command(pid))), None)


def _server(root: int) -> int | None:
    return _first_child(_outer(root))


def _first(root: int) -> int | None:
    """Process 1 of a job."""
    if (server := _server(root)) is not None:
        return _first_child(server)
    commands = {pid: _command(pid) for pid in tree.descendants(root)}
    return next((pid for pid, each in commands.items() if each[4:5] and each[4].endswith("/init.py")), None)


def _user(root: int) -> int | None:
    return _first_child(_first(root))


_TARGETS: dict[str, Callable[[int], int | None]] = {
    "outer": _outer,
    "server": _server,
    "process 1": _first,
    "user": _user,
}


def _marked(mark: str) -> list[int]:
    """Processes of this machine, in whichever namespace, that were started with the mark."""
    return [pid for pid in (int(path.name) for path in Path("/proc").glob("[0-9]*")) if mark in _command(pid)]


def _await_end(what: Callable[[], object], seconds: float = 2) -> None:
    end = time.monotonic() + seconds
    while left := what():
        assert time.monotonic() < end, left
        time.sleep(0.01)


def _groups(pid: int) -> list[Path]:
    """Control groups that a grader made."""
    return list(Path("/sys/fs/cgroup").glob(f"**/arena-{pid}-*"))


def _zombies() -> list[int]:
    return [pid for pid in tree.descendants(os.getpid()) if _state(pid)[0] == "Z"]


@dataclass(slots=True)
class Killer:
    """Kills a process below ``root`` a while after it came to be; ``killed`` is it, if it was there still."""

    root: int
    find: Callable[[int], int | None]
    delay_s: float
    killed: int | None = None
    below: list[Seen] = field(default_factory=list)
    _stop: threading.Event = field(default_factory=threading.Event)

    def work(self) -> None:
        """Wait for it, then kill it."""
        while (pid := self.find(self.root)) is None:
            if self._stop.wait(0.002):
                return
        if self._stop.wait(self.delay_s):
            return
        if (pid := self.find(self.root)) is None:
            return
        self.below = [Seen(each, _state(each)[1]) for each in tree.descendants(pid)]
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
            self.killed = pid

    @contextlib.contextmanager
    def at_work(self) -> Iterator["Killer"]:
        """Let it wait beside what happens meanwhile."""
        thread = threading.Thread(target=self.work)
        thread.start()
        try:
            yield self
        finally:
            self._stop.set()
            thread.join()


def _mark() -> str:
    """The argument of a ``sleep`` that nobody else on this machine has."""
    return f"{3600 + os.getpid()}.{time.monotonic_ns() % 10**9:09d}"


def _grade(arena: Arena, stages: Stages, source: Path, *, again: bool = False) -> Graded:
    with scratch_folder(stages.state) as scratch:
        return grade(source, task=arena.task(), team="tester", stages=stages, scratch=scratch, again=again)


def _score(graded: Graded) -> float:
    assert graded.outcome is Outcome.SCORED, graded
    assert graded.record is not None
    return graded.record.feedback["mae"]


@pytest.mark.parametrize("target", _TARGETS)
def test_what_is_killed_below_a_grader_is_no_verdict(arena: Arena, target: str, launcher_name: str) -> None:
    """A sandbox that dies is built anew; the score is that of a run that nobody disturbed; nothing is left."""
    if target in {"outer", "server"} and launcher_name != "warm":
        pytest.skip(f"{launcher_name} has no fork server")
    rng = random.Random(f"{_SEED} {target}")  # noqa: S311 - the same moments in every run
    stages, mark = arena.stages(), _mark()
    undisturbed = _PROGRAM.format(number="undisturbed", mark=mark, table=table(guess(1)))
    expected = _score(_grade(arena, stages, arena.hand("undisturbed/main.py", undisturbed)))
    killed = number = 0
    while killed < _POINTS:
        number += 1
        assert number <= 4 * _POINTS + 4, f"of {number} attempts only {killed} met a {target}"
        program = _PROGRAM.format(number=number, mark=mark, table=table(guess(1)))
        source = arena.hand(f"{number}/main.py", program)
        with Killer(os.getpid(), _TARGETS[target], rng.uniform(0, _LONGEST_S)).at_work() as killer:
            graded = None
            # A server that dies while it starts: nothing is recorded, and the next run completes the work.
            with contextlib.suppress(InfrastructureError):
                graded = _grade(arena, stages, source)
        if graded is None:
            assert killer.killed is not None
            graded = _grade(arena, stages, source)
        killed += killer.killed is not None
        if target == "user" and graded.outcome is Outcome.CRASHED:
            assert killer.killed is not None
            assert graded.messages[0].params == {"signal": "SIGKILL"}
            graded = _grade(arena, stages, source, again=True)
        assert _score(graded) == expected
        _await_end(lambda: [each for each in killer.below if each.runs and each.pid != killer.killed])
        _await_end(lambda: _marked(mark))
        assert _groups(os.getpid()) == []
        assert arena.scratch() == []
    arena.close()
    _await_end(_zombies)


def test_a_supervisor_that_is_killed_takes_all_along(arena: Arena, launcher_name: str) -> None:
    """Nothing of it runs on, its groups go with the next run, which gives every submission its right score."""
    rng = random.Random(_SEED)  # noqa: S311 - the same moments in every run
    mark, expected = _mark(), {}
    for number in range(3):
        arena.shelve(
            f"coder-{number}", "main.py", _PROGRAM.format(number=number, mark=mark, table=table(guess(number)))
        )
        undisturbed = _grade(arena, arena.stages(), arena.hand(f"{number}.csv", table(guess(number))))
        expected[f"coder-{number}"] = _score(undisturbed)
    killed, moments = 0, list(_TARGETS) if launcher_name == "warm" else ["process 1", "user"]
    while killed < _SUPERVISORS:
        for path in arena.root.glob("leaderboard/records/*/*/*.json"):
            path.unlink()
        supervisor = arena.start("grade", "--json")
        moment = _TARGETS[moments[killed % len(moments)]]
        below, number = _kill_at(supervisor, moment, rng.uniform(0, 3 * _LONGEST_S))
        killed += number
        _await_end(lambda: [each for each in below if each.runs])  # noqa: B023
        _await_end(lambda: _marked(mark))
        said = arena.say("grade", "--json")
        assert said.code == 0, said.text
        told = {each["team"]: each["outcome"] for each in said.json}
        assert told == dict.fromkeys(expected, "scored")
        scores = {each["team"]: each["feedback"]["mae"] for each in arena.records() if each["team"] in expected}
        assert scores == expected
        assert _groups(supervisor.pid) == []
        assert arena.scratch() == []


def _kill_at(
    supervisor: "subprocess.Popen[str]", find: Callable[[int], int | None], delay_s: float
) -> tuple[list[Seen], bool]:
    """Kill a grader a while after something came to be below it; return what was there and whether it still was."""
    end = time.monotonic() + 30
    while find(supervisor.pid) is None and supervisor.poll() is None and time.monotonic() < end:
        time.sleep(0.002)
    time.sleep(delay_s)
    below = [Seen(each, _state(each)[1]) for each in tree.descendants(supervisor.pid)]
    supervisor.send_signal(signal.SIGKILL)
    supervisor.communicate()
    return below, supervisor.returncode == -signal.SIGKILL
