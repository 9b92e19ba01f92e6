"""The life of one submission, with a sandbox that starts nothing."""

import stat
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest

from arena import __version__
from arena.board.ledger import FileLedger
from arena.errors import InfrastructureError, TaskError
from arena.model.message import Message
from arena.model.outcome import Outcome
from arena.model.record import Environment, Record, record_id
from arena.model.submission import Kind
from arena.model.task import Task
from arena.pipeline.grade import CLOCK_TOLERANCE, MAX_TRIES, Graded, grade, log_path
from arena.pipeline.stages import Stages
from arena.sandbox.interface import Exited, SandboxFailedError, SandboxUnavailableError
from arena.sandbox.runtime import Runtime
from arena.worker import scratch_folder
from tests.conftest import (
    ANSWERS,
    START,
    TRUTH,
    Clock,
    FakeLauncher,
    Hand,
    finished,
    predictions,
    records_of,
    write_files,
)
from tests.unit.pipeline.conftest import files_below, kept

PROGRAM = {"main.py": "print('hello')"}


def test_predictions(hand_in: Hand, stages: Stages, task: Task, runtime: Runtime) -> None:
    """A table of predictions becomes a record with the public scores, without anything being started."""
    graded = hand_in()
    record = graded.record
    assert graded.is_new
    assert record is not None
    assert (record.outcome, record.kind, record.evaluation) == (Outcome.SCORED, Kind.PREDICTIONS, 1)
    assert record.feedback["accuracy"] == 5 / 6
    assert set(record.feedback) == {"accuracy", "f1"}
    assert (record.received_at, record.graded_at) == (START, START)
    assert record.environment == Environment(
        arena=__version__, python="3.11.7", runtime_digest=runtime.digest(), seed=task.seed
    )
    assert (record.usage.wall_s, record.protections, record.supersedes) == (0.0, (), None)
    assert list(stages.ledger.records("fruit")) == [record]


def test_private_scores(hand_in: Hand, stages: Stages) -> None:
    """Private scores and those over all rows are in the vault, and in no file of the workspace."""
    record = hand_in().record
    assert record is not None
    exact = stages.vault.scores("fruit", record.id)
    assert exact["public"] == dict(record.feedback)
    assert (exact["private"]["accuracy"], exact["overall"]["accuracy"]) == (2 / 6, 7 / 12)
    for path in files_below(stages.state.parent):
        for secret in (repr(2 / 6), repr(7 / 12)):
            assert secret.encode() not in path.read_bytes(), path


def test_program(hand_in: Hand, stages: Stages, launcher: FakeLauncher) -> None:
    """A program is run, its table scored, and its cost, its log and the protections in force are kept."""
    launcher.will(finished({"submission.csv": predictions()}, log=b"loss 0.25\n"))
    record = hand_in(PROGRAM).record
    assert record is not None
    assert (record.outcome, record.kind) == (Outcome.SCORED, Kind.PROGRAM)
    assert (record.usage.charged, record.usage.unit) == (1.5, "cpu_slot_s")
    assert record.protections == ("pretence",)
    log = log_path(stages.state, record.id)
    assert log.read_bytes() == b"loss 0.25\n"
    assert stat.S_IMODE(log.stat().st_mode) == 0o600


@dataclass(frozen=True, slots=True)
class Spying(FileLedger):
    """A ledger that tells when it is written to."""

    tell: Callable[[str], None] = print

    def append(self, record: Record) -> bool:
        """Tell it, then keep the record."""
        self.tell("record")
        return super(Spying, self).append(record)


def test_story(tmp_path: Path, task: Task, stages: Stages, launcher: FakeLauncher, clock: Clock) -> None:
    """The steps come in order: received, masked, run, scored and last of all recorded; both times are the clock's."""
    story: list[str] = []

    def now() -> object:
        story.append("clock")
        clock.move(seconds=1)
        return clock.moment

    def masks(_: Task) -> tuple[Path, ...]:
        story.append("masks")
        return (Path("/masked"),)

    def launched(_: Task) -> FakeLauncher:
        story.append("launcher")
        return launcher

    launcher.will(finished({"submission.csv": predictions()}))
    told = replace(
        stages,
        now=now,  # type: ignore[arg-type]  # it gives the clock's times
        masks=masks,
        launcher=launched,
        ledger=Spying(records_of(stages), tell=story.append),
    )
    source = write_files(tmp_path / "source", PROGRAM)
    with scratch_folder(stages.state) as scratch:
        record = grade(source, task=task, team="rahim", stages=told, scratch=scratch).record
    assert record is not None
    assert story == ["clock", "clock", "launcher", "masks", "clock", "record"]
    assert START < record.received_at < record.graded_at
    assert launcher.jobs[0].masks == (Path("/masked"),)


def test_existing(hand_in: Hand, stages: Stages, launcher: FakeLauncher, clock: Clock) -> None:
    """The same files again give the existing record: nothing is run, spent or written."""
    launcher.will(finished({"submission.csv": predictions()}))
    first = hand_in(PROGRAM)
    before = kept(stages)
    clock.move(days=1)
    again = hand_in(PROGRAM)
    assert (again.record, again.is_new) == (first.record, False)
    assert len(launcher.jobs) == 1
    assert kept(stages) == before


def test_existing_is_the_teams(hand_in: Hand, launcher: FakeLauncher) -> None:
    """Another team that hands in the same files gets an evaluation of its own."""
    launcher.will(finished({"submission.csv": predictions()}))
    first, second = hand_in(PROGRAM, "rahim").record, hand_in(PROGRAM, "karim").record
    assert first is not None
    assert second is not None
    assert first.submission_digest == second.submission_digest
    assert first.id != second.id
    assert len(launcher.jobs) == 2


def test_existing_is_the_versions(hand_in: Hand, stages: Stages, task: Task, tmp_path: Path) -> None:
    """Under another version of the task the same files are evaluated anew, from 1."""
    first = hand_in().record
    newer = replace(task, digest="00" * 32)
    stages.vault.put_answers(newer, ANSWERS)
    source = write_files(tmp_path / "source", {"submission.csv": predictions()})
    with scratch_folder(stages.state) as scratch:
        second = grade(source, task=newer, team="rahim", stages=stages, scratch=scratch).record
    assert first is not None
    assert second is not None
    assert (second.evaluation, second.supersedes, second.submission_digest) == (1, None, first.submission_digest)
    assert second.id != first.id


def test_again(hand_in: Hand, stages: Stages, launcher: FakeLauncher, clock: Clock) -> None:
    """A rescore is a new record that supersedes the older one and keeps when it was received; nothing is edited."""
    launcher.will(finished({"submission.csv": predictions()}), finished({"submission.csv": predictions(TRUTH)}))
    first = hand_in(PROGRAM).record
    assert first is not None
    older = kept(stages)["records"][0].read_bytes()
    clock.move(days=40)
    graded = hand_in(PROGRAM, again=True, reason="the answers were corrected")
    second = graded.record
    assert graded.is_new
    assert second is not None
    assert (second.evaluation, second.supersedes) == (2, first.id)
    assert (first.reason, second.reason) == (None, "the answers were corrected")
    assert (second.received_at, second.graded_at) == (START, START + timedelta(days=40))
    assert (first.feedback["accuracy"], second.feedback["accuracy"]) == (5 / 6, 1.0)
    assert older in {path.read_bytes() for path in kept(stages)["records"]}
    third = hand_in(PROGRAM, again=True).record
    assert third is not None
    assert (third.evaluation, third.supersedes) == (3, second.id)
    assert hand_in(PROGRAM).record == third


def test_again_first_time(hand_in: Hand) -> None:
    """A rescore of what was never evaluated is its first evaluation."""
    record = hand_in(again=True).record
    assert record is not None
    assert (record.evaluation, record.supersedes) == (1, None)


def test_again_costs_no_quota(hand_in: Hand) -> None:
    """Rescores are the grader's affair: they use none of the team's day, and a used-up day does not stop them."""
    tables = [predictions(f"{number:012b}") for number in range(4)]
    for _ in range(4):
        assert hand_in(tables[0], again=True).outcome is Outcome.SCORED
    for table in tables[1:3]:
        assert hand_in(table).outcome is Outcome.SCORED
    assert hand_in(tables[3]).outcome is Outcome.DENIED
    assert hand_in(tables[0], again=True).outcome is Outcome.SCORED


def test_rejected(hand_in: Hand, stages: Stages) -> None:
    """Files that are no submission are recorded as rejected, with the reason and no kind, and are known again."""
    graded = hand_in({"notes.md": "no submission"})
    record = graded.record
    assert record is not None
    assert (record.outcome, record.kind, dict(record.feedback)) == (Outcome.REJECTED, None, {})
    assert record.message.id == "submission.no_entry_file"
    assert stages.ledger.get("fruit", record.id) == record
    assert hand_in({"notes.md": "no submission"}).is_new is False


def test_invalid_predictions(hand_in: Hand) -> None:
    """A table that cannot be scored is recorded with the first thing to mend, and all are returned."""
    graded = hand_in(b"id,ripe\n101,7\n")
    assert graded.record is not None
    assert graded.record.outcome is Outcome.INVALID_PREDICTIONS
    assert [message.id for message in graded.messages] == [
        "predictions.ids_missing",
        "predictions.value_not_a_label",
    ]
    assert graded.record.message == graded.messages[0]
    assert dict(graded.record.feedback) == {}


def test_crashed(hand_in: Hand, stages: Stages, launcher: FakeLauncher) -> None:
    """A crash is recorded with its cost and its log, and no score is kept of it."""
    launcher.will(finished({"submission.csv": predictions()}, ending=Exited(1), log=b"Traceback"))
    record = hand_in(PROGRAM).record
    assert record is not None
    assert (record.outcome, record.usage.charged, dict(record.feedback)) == (Outcome.CRASHED, 1.5, {})
    assert kept(stages)["scores"] == []
    assert log_path(stages.state, record.id).read_bytes() == b"Traceback"


def test_denied_by_quota(hand_in: Hand, stages: Stages, clock: Clock) -> None:
    """Past the day's submissions one is denied: not recorded, and taken the next day."""
    tables = [predictions(f"{number:012b}") for number in range(4)]
    for table in tables[:3]:
        assert hand_in(table).outcome is Outcome.SCORED
    before = kept(stages)
    denied = hand_in(tables[3])
    assert (denied.outcome, denied.record, denied.is_new) == (Outcome.DENIED, None, False)
    assert denied.messages[0].id == "denied.quota"
    assert kept(stages) == before
    assert hand_in(tables[0]).record is not None
    assert hand_in(tables[3], "karim").outcome is Outcome.SCORED
    clock.move(days=1)
    assert hand_in(tables[3]).outcome is Outcome.SCORED


def test_a_new_version_of_the_task_is_no_new_submission(
    tmp_path: Path, hand_in: Hand, task: Task, stages: Stages, clock: Clock
) -> None:
    """Graded again under a new version, files keep their time, past the day's quota and past the close."""
    tables = [predictions(f"{number:012b}") for number in range(3)]
    times = [graded.record.received_at for table in tables if (graded := hand_in(table)).record]
    clock.move(days=2)
    closed = replace(task.board, closes=clock() - timedelta(days=1))
    new = replace(task, digest="f" * 64, board=closed, submissions=replace(task.submissions, per_day=1))
    stages.vault.put_answers(new, ANSWERS)

    def regrade(content: bytes, number: int) -> Graded:
        source = write_files(tmp_path / f"again-{number}", {"submission.csv": content})
        with scratch_folder(stages.state) as scratch:
            return grade(source, task=new, team="rahim", stages=stages, scratch=scratch)

    again = [regrade(table, number) for number, table in enumerate(tables)]
    assert [graded.record.received_at for graded in again if graded.record] == times
    assert {graded.record.task_digest for graded in again if graded.record} == {new.digest}
    assert regrade(predictions(TRUTH), 3).messages[0].id == "denied.closed"


def test_denied_by_failed_tries(hand_in: Hand) -> None:
    """Failed tries have a cap of their own, which good submissions do not use."""
    assert hand_in().outcome is Outcome.SCORED
    for number in range(2):
        assert hand_in(b"no table %d" % number).outcome is Outcome.INVALID_PREDICTIONS
    denied = hand_in(b"no table 3")
    assert (denied.outcome, denied.messages[0].id) == (Outcome.DENIED, "denied.failed_tries")


def test_clock_backward(hand_in: Hand, stages: Stages, clock: Clock) -> None:
    """A clock that went back is refused: it would reorder ties and renew quotas; small steps are usual."""
    hand_in()
    before = kept(stages)
    clock.move(seconds=-CLOCK_TOLERANCE.total_seconds() - 1)
    with pytest.raises(InfrastructureError, match=r"clock\.backward"):
        hand_in(predictions(TRUTH))
    assert kept(stages) == before
    clock.move(seconds=1)
    assert hand_in(predictions(TRUTH)).outcome is Outcome.SCORED


def test_sandbox_failed(hand_in: Hand, stages: Stages, launcher: FakeLauncher) -> None:
    """A sandbox that breaks is tried three times; then it is our fault, and nothing is recorded or charged."""
    launcher.will(SandboxFailedError("sandbox.failed", detail="it broke"))
    graded = hand_in(PROGRAM)
    assert (graded.outcome, graded.record, graded.is_new) == (Outcome.INFRASTRUCTURE_ERROR, None, False)
    assert graded.messages[0].id == "sandbox.failed"
    assert len(launcher.jobs) == MAX_TRIES == 3
    assert kept(stages) == {"records": [], "scores": [], "logs": []}


def test_sandbox_recovers(hand_in: Hand, launcher: FakeLauncher) -> None:
    """A sandbox that works at the last try leaves a record like any other, also when it breaks between two steps."""
    broken = SandboxFailedError("sandbox.failed", detail="it broke")
    fitted, done = finished({"model.pkl": b"fitted"}), finished({"submission.csv": predictions()})
    launcher.will(broken, fitted, broken, fitted, done)
    record = hand_in({"model.py": "class Model: ..."}).record
    assert record is not None
    assert (record.outcome, record.usage.charged) == (Outcome.SCORED, 3.0)
    assert [job.arguments[0] for job in launcher.jobs] == ["fit", "fit", "predict", "fit", "predict"]


def test_sandbox_unavailable(hand_in: Hand, stages: Stages, launcher: FakeLauncher) -> None:
    """A machine that cannot start the sandbox says so at once; trying again would not help."""
    launcher.will(SandboxUnavailableError("sandbox.no_bwrap", reason="none"))
    with pytest.raises(SandboxUnavailableError):
        hand_in(PROGRAM)
    assert len(launcher.jobs) == 1
    assert kept(stages)["records"] == []


def _graded(task: Task, stages: Stages, source: Path) -> Graded:
    with scratch_folder(stages.state) as scratch:
        return grade(source, task=task, team="rahim", stages=stages, scratch=scratch)


@pytest.mark.parametrize(
    ("answers", "message"),
    [
        (ANSWERS.replace(b"112,1,Private\n", b""), "answers.unusable"),
        (ANSWERS.replace(b"112,1", b"113,1"), "answers.unusable"),
        (ANSWERS.replace(b"112,1", b"112,2"), "answers.unusable"),
    ],
)
def test_task_error(tmp_path: Path, task: Task, stages: Stages, answers: bytes, message: str) -> None:
    """Answers that do not fit the public files are the task's fault: nothing is recorded or counted."""
    other = replace(task, digest="00" * 32)
    stages.vault.put_answers(other, answers)
    source = write_files(tmp_path / "source", {"submission.csv": predictions()})
    graded = _graded(other, stages, source)
    assert (graded.outcome, graded.record, graded.is_new) == (Outcome.TASK_ERROR, None, False)
    assert graded.messages[0].id == message
    assert kept(stages) == {"records": [], "scores": [], "logs": []}


def test_metric_fails(tmp_path: Path, task: Task, stages: Stages) -> None:
    """A metric that fails on a split is the task's fault, never a rank and never the submission's."""
    one_class = "".join("1" if row < 6 else digit for row, digit in enumerate(TRUTH))
    answers = ANSWERS
    for number, (old, new) in enumerate(zip(TRUTH, one_class, strict=True), start=101):
        answers = answers.replace(f"{number},{old},".encode(), f"{number},{new},".encode())
    broken = replace(task, metric="mcc", also=(), digest="00" * 32)
    stages.vault.put_answers(broken, answers)
    graded = _graded(broken, stages, write_files(tmp_path / "source", {"submission.csv": predictions()}))
    assert (graded.outcome, graded.record) == (Outcome.TASK_ERROR, None)
    assert graded.messages[0] == Message.of(
        "metric.undefined", metric="mcc", split="public", reason="all rows have one label"
    )
    assert kept(stages) == {"records": [], "scores": [], "logs": []}


def test_no_answers(tmp_path: Path, task: Task, stages: Stages) -> None:
    """Where the vault lacks the answers of this version, that is the task's fault, and nothing is recorded."""
    source = write_files(tmp_path / "source", {"submission.csv": predictions()})
    graded = _graded(replace(task, digest="00" * 32), stages, source)
    assert (graded.outcome, graded.messages[0].id, graded.record) == (Outcome.TASK_ERROR, "answers.none", None)


@pytest.mark.parametrize(
    "content",
    [
        None,
        b"",
        b"id,weight,name\n",
        b"no,such,column\n1,2,3\n",
        b"weight,name,id\n1,2,101\n1,2\n",
        b"id,weight\n101,1\n,2\n",
        b"id,weight\n101,1\n101.0,2\n",
        b"id\n\xff\n",
    ],
)
def test_broken_public_files(hand_in: Hand, stages: Stages, task: Task, content: bytes | None) -> None:
    """A test table without rows, or without one id for each, is the task's error and never the submission's."""
    test = task.public_dir / "test.csv"
    test.unlink() if content is None else test.write_bytes(content)
    with pytest.raises(TaskError, match=r"task\.public_unusable"):
        hand_in()
    assert kept(stages)["records"] == []


def test_long_texts(hand_in: Hand, task: Task) -> None:
    """A test table may hold cells of any length."""
    test = task.public_dir / "test.csv"
    test.write_bytes(test.read_bytes().replace(b"mango", b"mango" * 100_000))
    assert hand_in().outcome is Outcome.SCORED


def test_id(hand_in: Hand, task: Task) -> None:
    """Two graders name the same evaluation alike."""
    record = hand_in().record
    assert record is not None
    assert record.id == record_id(
        team="rahim", submission_digest=record.submission_digest, task_digest=task.digest, evaluation=1
    )


def test_another_graders_records_count(hand_in: Hand, stages: Stages, task: Task) -> None:
    """What another grader recorded meanwhile uses up the day's quota here, and the same files are not new here."""
    other = replace(stages, ledger=FileLedger(records_of(stages)))
    assert hand_in(predictions("0" * 12)).is_new
    for number in range(1, task.submissions.per_day):
        source = write_files(stages.state.parent / f"other-{number}", {"submission.csv": predictions(f"{number:012b}")})
        with scratch_folder(stages.state) as scratch:
            assert grade(source, task=task, team="rahim", stages=other, scratch=scratch).is_new
    assert hand_in(predictions(f"{1:012b}")).is_new is False
    assert hand_in(predictions("1" * 12)).outcome is Outcome.DENIED
