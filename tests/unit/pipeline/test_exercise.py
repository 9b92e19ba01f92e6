"""Run the cases of an exercise, with a sandbox that starts nothing."""

import json
import stat
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from arena.authoring.build import build
from arena.catalog.tasks import load_task
from arena.errors import TaskError
from arena.exercises.mismatch import Mismatch
from arena.exercises.result import Result, load_results
from arena.intake.receive import Rejected, receive
from arena.metrics.table import METRICS
from arena.model.budget import Usage
from arena.model.outcome import Outcome
from arena.model.submission import Kind
from arena.model.task import Task
from arena.pipeline.attempt import Attempt, attempt
from arena.pipeline.boards import standings_of, with_private
from arena.pipeline.exercise import public_cases
from arena.pipeline.grade import Graded, cases_path, grade, log_path
from arena.pipeline.stages import Stages
from arena.sandbox.interface import Ending, Exited, Finished, Killed, KillReason, Signalled
from arena.worker import scratch_folder
from tests.conftest import START, FakeLauncher, finished, write_files
from tests.numbers import HIDDEN_RIGHT, PUBLIC_RIGHT, SECRETS, drawn, raised, results, returned, write_exercise
from tests.unit.pipeline.conftest import files_below

SOLUTION = {"solution.py": "def dot(a, b): ...\n"}
Tried = Callable[..., Attempt]
Handed = Callable[..., Graded]


@pytest.fixture
def numbers(stages: Stages, launcher: FakeLauncher) -> Task:
    """The exercise, built into the workspace and the vault of the fixture."""
    root = stages.state.parent
    write_exercise(root)
    task = load_task(root, "numbers", METRICS)
    launcher.will(finished({"cases.json": drawn()}), finished({"results": results(*PUBLIC_RIGHT, *HIDDEN_RIGHT)}))
    build(task, stages.vault, launcher, update=False, repeat=False)
    launcher.jobs.clear()
    return task


@pytest.fixture
def try_out(numbers: Task, stages: Stages, tmp_path: Path) -> Tried:
    """Try a solution as `arena check` does, or with ``whole`` as grading does."""

    def tried(files: Mapping[str, str | bytes] = SOLUTION, *, whole: bool = False) -> Attempt:
        source = write_files(tmp_path / "source", files)
        received = receive(source, tmp_path / "received", task=numbers, team="rahim", received_at=START)
        assert not isinstance(received, Rejected)
        return attempt(received, numbers, stages, tmp_path, name="a", whole=whole)

    return tried


@pytest.fixture
def hand(numbers: Task, stages: Stages, tmp_path: Path) -> Handed:
    """Grade a solution."""

    def handed(text: str = "def dot(a, b): ...\n", team: str = "rahim", *, again: bool = False) -> Graded:
        source = write_files(tmp_path / f"handed-{len(list(tmp_path.glob('handed-*')))}", {"solution.py": text})
        with scratch_folder(stages.state) as scratch:
            return grade(source, task=numbers, team=team, stages=stages, scratch=scratch, again=again)

    return handed


def _left(*reports: Any, printed: bytes = b"", log: bytes = b"", **usage: float) -> Finished:
    spent = Usage(charged=1.5, wall_s=1.5, cpu_s=1.25, peak_memory_bytes=2**20)
    return finished({"results": results(*reports, printed=printed)}, log=log, usage=replace(spent, **usage))  # type: ignore[arg-type]  # by name


def _kinds(found: tuple[Result, ...]) -> list[tuple[str, bool, str]]:
    return [(r.name["en"], r.is_public, r.mismatch.value if r.mismatch else "passed") for r in found]


def test_check(try_out: Tried, launcher: FakeLauncher) -> None:
    """A trial runs the public cases alone, and needs no vault."""
    launcher.will(_left(returned(12), PUBLIC_RIGHT[1]))
    ended = try_out()
    assert (ended.outcome, ended.messages) == (Outcome.SCORED, ())
    assert _kinds(ended.cases) == [("two vectors", True, "wrong_value"), ("three", True, "passed")]
    assert len(launcher.jobs) == 1
    assert not any(secret.encode() in launcher.jobs[0].stdin for secret in SECRETS)


def test_grade(hand: Handed, launcher: FakeLauncher, stages: Stages, numbers: Task) -> None:
    """Public and hidden cases run as two jobs that share the budget; the score counts both."""
    launcher.will(_left(*PUBLIC_RIGHT), _left(HIDDEN_RIGHT[0], returned(1)))
    graded = hand()
    record = graded.record
    assert record is not None
    assert (record.outcome, record.kind, record.message.id) == (Outcome.SCORED, Kind.EXERCISE, "run.cases_passed")
    assert record.message.params == {"passed": 3, "total": 4, "score": "0.83333"}
    assert record.feedback == {"cases_passed": pytest.approx(5 / 6), "cases_passed.dot": 1.0, "cases_passed.mean": 0.5}
    assert (record.usage.wall_s, record.usage.charged) == (3.0, 3.0)
    public, hidden = launcher.jobs
    assert hidden.budget.wall_seconds == public.budget.wall_seconds - 1.5
    (row,) = standings_of(numbers, stages.ledger.records("numbers")).rows
    assert row.scores == {"cases_passed": pytest.approx(5 / 6)}
    assert row.kind == "exercise"


def test_the_instructors_board(hand: Handed, launcher: FakeLauncher, stages: Stages, numbers: Task) -> None:
    """The score counts hidden cases already, so the instructor's board has no column for another."""
    launcher.will(_left(*PUBLIC_RIGHT), _left(*HIDDEN_RIGHT))
    hand()
    (row,) = with_private(numbers, stages.ledger.records("numbers"), stages)["rows"]
    assert row["public"] == 1.0
    assert not row.keys() & {"private", "overall"}


def test_what_is_expected_enters_no_sandbox(hand: Handed, launcher: FakeLauncher) -> None:
    """Of a hidden case its arguments are mounted nowhere, go in over standard input, and what is expected does not."""
    launcher.will(_left(*PUBLIC_RIGHT), _left(*HIDDEN_RIGHT))
    hand()
    public, hidden = launcher.jobs
    assert SECRETS[0].encode() in hidden.stdin
    assert SECRETS[1].encode() not in hidden.stdin
    assert SECRETS[0].encode() not in public.stdin
    for job in (public, hidden):
        assert [mount.target for mount in job.mounts] == ["/kaggle/src"]
        assert b"a secret" not in job.stdin
        assert not any(secret in repr((job.arguments, job.environment, job.mounts)) for secret in SECRETS)
    assert (b'"quiet": false' in public.stdin, b'"quiet": true' in hidden.stdin) == (True, True)


def test_kept(hand: Handed, launcher: FakeLauncher, stages: Stages) -> None:
    """What became of each case is kept beside the log, for the grader's account alone; the log is of public cases."""
    launcher.will(_left(*PUBLIC_RIGHT, printed=b"seen\n", log=b"x"), _left(*HIDDEN_RIGHT, printed=b"unseen", log=b"y"))
    record = hand().record
    assert record is not None
    path = cases_path(stages.state, record.id)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert len(load_results(path.read_bytes())) == 4
    assert log_path(stages.state, record.id).read_text() == ("--- dot, 'two vectors'\nseen\n--- mean, 'three'\nseen\n")


TALKATIVE = raised(SECRETS[2], "Exception", text=f"Traceback\n{SECRETS[2]}: {SECRETS[0]}\n")


@pytest.mark.parametrize(
    "said",
    [
        (TALKATIVE, returned(SECRETS[2])),
        ({"missing": SECRETS[2], "changed": False}, {"not_plain": SECRETS[2], "changed": False}),
        (f"died: {SECRETS[2]}", returned({SECRETS[2]: SECRETS[2]})),
        ({"raised": [SECRETS[2]], "text": SECRETS[2], "at_import": True, "changed": True}, "too_slow"),
    ],
)
def test_hidden_cases_are_told_by_kind_alone(
    hand: Handed, launcher: FakeLauncher, stages: Stages, said: tuple[Any, Any]
) -> None:
    """Whatever a hidden case prints, raises or returns stands in no file of the workspace and in no message."""
    launcher.will(_left(*PUBLIC_RIGHT), _left(*said, printed=SECRETS[2].encode(), log=SECRETS[2].encode()))
    graded = hand()
    assert graded.record is not None
    texts = [repr(graded), *(path.read_text(encoding="utf-8") for path in files_below(stages.state.parent))]
    assert not any(secret in text for text in texts for secret in SECRETS)


@pytest.mark.parametrize(
    ("ending", "outcome", "message"),
    [
        (Exited(77), Outcome.CRASHED, "run.crashed_hidden"),
        (Signalled(10), Outcome.CRASHED, "run.crashed_hidden"),
        (Killed(KillReason.MEMORY), Outcome.MEMORY_EXCEEDED, "run.memory_exceeded"),
        (Killed(KillReason.WALL), Outcome.TIME_EXCEEDED, "run.time_exceeded"),
    ],
)
def test_the_hidden_job_fails(
    hand: Handed, launcher: FakeLauncher, ending: Ending, outcome: Outcome, message: str
) -> None:
    """Where the hidden cases' job fails as a whole, its exit code or signal, which could be chosen, is not told."""
    launcher.will(_left(*PUBLIC_RIGHT, printed=b"seen"), replace(_left(), ending=ending, log=b"secret"))
    graded = hand()
    assert (graded.outcome, graded.messages[0].id) == (outcome, message)
    assert "77" not in repr(graded.messages)
    assert "USR1" not in repr(graded.messages)
    assert graded.record is not None
    assert graded.record.feedback == {}


def test_the_public_job_fails(hand: Handed, launcher: FakeLauncher) -> None:
    """Where the public cases' job fails as a whole, its reason is told, and no hidden case is run."""
    launcher.will(replace(_left(), ending=Exited(77)))
    graded = hand()
    assert (graded.outcome, graded.messages[0].params) == (Outcome.CRASHED, {"code": 77})
    assert len(launcher.jobs) == 1


def test_not_importable(hand: Handed, launcher: FakeLauncher) -> None:
    """A solution that cannot be imported has crashed: no hidden case is tried, and the message says why."""
    broken = raised("SyntaxError", "Exception", text="  File\nSyntaxError: invalid syntax\n", at_import=True)
    launcher.will(_left(broken, broken))
    graded = hand()
    assert (graded.outcome, graded.messages[0].id) == (Outcome.CRASHED, "run.not_importable")
    assert graded.messages[0].params == {"error": "SyntaxError: invalid syntax"}
    assert len(launcher.jobs) == 1


def test_importable_at_times(try_out: Tried, launcher: FakeLauncher) -> None:
    """One case whose import fails does not condemn the others."""
    launcher.will(_left(raised("OSError", at_import=True), PUBLIC_RIGHT[1]))
    assert [result.mismatch for result in try_out().cases] == [Mismatch.RAISED, None]


def test_the_task_cannot_be_run(try_out: Tried, launcher: FakeLauncher) -> None:
    """Packages that are not there are the task's fault, never the submission's."""
    launcher.will(finished({"results": b'{"failed": "no keras"}\n'}))
    with pytest.raises(TaskError) as caught:
        try_out()
    assert (caught.value.message_id, caught.value.params["reason"]) == ("cases.preload_failed", "no keras")


def test_requirements(try_out: Tried, launcher: FakeLauncher) -> None:
    """A requirements.txt is compared with the runtime, as a program's is."""
    launcher.will(_left(*PUBLIC_RIGHT))
    ended = try_out({**SOLUTION, "requirements.txt": "nothing-like-it\n"})
    assert [note.id for note in ended.notes] == ["runtime.package_missing"]


def test_charged_at_most_the_budget(hand: Handed, launcher: FakeLauncher, numbers: Task) -> None:
    """Both jobs together are charged at most what one attempt may cost."""
    launcher.will(_left(*PUBLIC_RIGHT, charged=15.0), _left(*HIDDEN_RIGHT, charged=9.0))
    record = hand().record
    assert record is not None
    assert record.usage.charged == numbers.budget.wall_seconds


def test_public_cases(numbers: Task) -> None:
    """Public cases that are gone mean that the task is not built."""
    assert len(public_cases(numbers)) == 2
    (numbers.public_dir / "cases.json").unlink()
    with pytest.raises(TaskError) as caught:
        public_cases(numbers)
    assert caught.value.message_id == "task.not_built"


def test_results_for_scripts(hand: Handed, launcher: FakeLauncher, stages: Stages) -> None:
    """The kept file is JSON with a line's worth for each hidden case: function, name, that it is hidden, result."""
    launcher.will(_left(*PUBLIC_RIGHT), _left(*HIDDEN_RIGHT))
    record = hand().record
    assert record is not None
    kept = json.loads(cases_path(stages.state, record.id).read_bytes())
    assert [sorted(case) for case in kept if not case["public"]] == [["function", "name", "public", "result"]] * 2
