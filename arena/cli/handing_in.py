"""What `check`, `submit`, `submissions` and `log` do before they show anything."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from arena.allowance.forecast import Refused
from arena.authoring.build import ensure_built
from arena.authoring.public import verify_public
from arena.cli.allowances import forecast_of
from arena.cli.output import tell
from arena.cli.session import Session
from arena.errors import UsageError
from arena.exercises.result import Result, load_results
from arena.intake.receive import Rejected, receive
from arena.intake.shelf import Entry, entries, message_of, put
from arena.model.budget import Usage
from arena.model.message import Message
from arena.model.outcome import Outcome
from arena.model.record import Record
from arena.model.safe_text import safe_block
from arena.model.submission import Submission
from arena.model.task import Task
from arena.pipeline.attempt import attempt
from arena.pipeline.boards import board_of, publish_boards
from arena.pipeline.charging import adopt
from arena.pipeline.grade import Graded, cases_path, denied_now, first_received, grade, log_path, newest
from arena.pipeline.placing import kind_of
from arena.pipeline.stages import Stages
from arena.sandbox.interface import SandboxUnavailableError
from arena.worker import scratch_folder, sweep, waiting


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """What became of a submission without answers: ``outcome`` is ``SCORED`` where only the score is missing."""

    task: Task
    submission: Submission | None
    outcome: Outcome
    messages: tuple[Message, ...]
    notes: tuple[Message, ...] = ()
    usage: Usage = field(default_factory=Usage)
    log: str = ""
    cases: tuple[Result, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Handed:
    """What became of a submission that was handed in. ``graded`` is missing where the answers are not here."""

    task: Task
    team: str
    submission: Submission | None
    outcome: Outcome
    messages: tuple[Message, ...]
    notes: tuple[Message, ...] = ()
    stored: Path | None = None
    graded: Graded | None = None
    cases: tuple[Result, ...] = ()
    rank: int | None = None
    teams: int = 0
    waiting: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One submission of a team: what it said about it, and its newest evaluation if it has one."""

    name: str
    message: str
    record: Record | None


def try_out(session: Session, task: Task, path: Path) -> Tried:
    """Receive and run a submission as grading would, without answers."""
    verify_public(task)
    stages = session.stages()
    sweep(stages.state)
    with scratch_folder(stages.state) as scratch:
        received = receive(path, scratch / "submission", task=task, team="-", received_at=stages.now())
        if isinstance(received, Rejected):
            return Tried(task=task, submission=None, outcome=Outcome.REJECTED, messages=(received.message,))
        ended = attempt(received, task, stages, _new(scratch / "attempt"), name=f"check.{scratch.name}")
        return Tried(
            task=task,
            submission=received,
            outcome=ended.outcome,
            messages=ended.messages,
            notes=ended.notes,
            usage=ended.usage,
            log=printable(ended.log),
            cases=ended.cases,
        )


def hand_in(session: Session, task: Task, path: Path, *, team: str, message: str) -> Handed:
    """Store a submission on the shelf, and grade it where the answers are or can be built."""
    stages = session.stages()
    sweep(stages.state)
    with scratch_folder(stages.state) as scratch:
        received = receive(path, scratch / "received", task=task, team=team, received_at=stages.now())
        if isinstance(received, Rejected):
            return Handed(task=task, team=team, submission=None, outcome=Outcome.REJECTED, messages=(received.message,))
        if newest(stages, task, team, received.digest) is None:
            denied = denied_now(stages, task, team, received.received_at)
            if denied is not None:
                return Handed(
                    task=task, team=team, submission=received, outcome=Outcome.DENIED, messages=(denied.message,)
                )
        adopt(session.tasks(), stages)
        if first_received(stages, task, team, received.digest) is None:
            expected = forecast_of(session.workspace, received, task, kind_of(task, stages))
            if isinstance(expected, Refused):
                return Handed(
                    task=task, team=team, submission=received, outcome=Outcome.DENIED, messages=(expected.message,)
                )
            if expected is not None:
                tell(expected.message)
        stored = put(session.workspace.submissions, received, message=message, now=datetime.now(UTC))
        shown = stored.relative_to(session.workspace.root)
        if not _answers_are_here(task, stages):
            ended = attempt(received, task, stages, _new(scratch / "attempt"), name=f"check.{scratch.name}")
            return Handed(
                task=task,
                team=team,
                submission=received,
                outcome=ended.outcome,
                messages=ended.messages,
                notes=ended.notes,
                stored=shown,
                cases=ended.cases,
            )
        graded = grade(stored, task=task, team=team, stages=stages, scratch=_new(scratch / "grading"))
    publish_boards([task], stages, session.workspace.leaderboard)
    board = board_of(task, stages.board_ledger)
    return Handed(
        task=task,
        team=team,
        submission=received,
        stored=shown,
        outcome=graded.outcome,
        messages=graded.messages,
        notes=graded.notes,
        graded=graded,
        cases=cases_of(stages, graded.record),
        rank=next((row.rank for row in board.rows if row.team == team), None) if board else None,
        teams=board.teams if board else 0,
        waiting=waiting(entries(session.workspace.submissions), task, stages),
    )


def _new(folder: Path) -> Path:
    folder.mkdir()
    return folder


def _answers_are_here(task: Task, stages: Stages) -> bool:
    """A practice task's source data is in the repository, so its answers can be built wherever the sandbox runs."""
    verify_public(task)
    if stages.vault.has_answers(task):
        return True
    if task.kind == "prediction" and not (task.root / "source").is_dir():
        return False
    try:
        ensure_built(task, stages.vault, stages.launcher)
    except SandboxUnavailableError:
        return False
    return True


def history(session: Session, task: Task, team: str) -> list[Line]:
    """A team's submissions on the shelf, in order of time; those that wait come last."""
    stages = session.stages()
    lines = []
    for entry in entries(session.workspace.submissions):
        if entry.task == task.id and entry.team.casefold() == team:
            digest = _digest(entry, task, team, stages)
            record = newest(stages, task, team, digest)
            lines.append(Line(name=entry.path.name, message=message_of(entry), record=record))
    return sorted(lines, key=lambda line: (line.record is None, line.record and line.record.received_at, line.name))


def _digest(entry: Entry, task: Task, team: str, stages: Stages) -> str:
    with scratch_folder(stages.state) as scratch:
        return receive(entry.path, scratch / "submission", task=task, team=team, received_at=stages.now()).digest


def cases_of(stages: Stages, record: Record | None) -> tuple[Result, ...]:
    """What became of each case of an exercise, where this machine graded it."""
    try:
        return load_results(cases_path(stages.state, record.id).read_bytes()) if record else ()
    except FileNotFoundError:
        return ()


def log_of(session: Session, prefix: str) -> tuple[Record, str, tuple[Result, ...]]:
    """The record whose id begins with ``prefix``, its log made safe to show, and its cases if it is an exercise's."""
    stages = session.stages()
    found = [record for task in session.tasks() for record in stages.ledger.find(task.id, prefix)]
    if not found:
        raise UsageError("log.none", record=prefix[:40])
    if len(found) > 1:
        raise UsageError("log.several", record=prefix[:40], found=", ".join(record.id[:12] for record in found[:5]))
    try:
        data = log_path(stages.state, found[0].id).read_bytes()
    except FileNotFoundError as error:
        raise UsageError("log.not_here", record=found[0].id[:12]) from error
    return found[0], printable(data), cases_of(stages, found[0])


def printable(log: bytes) -> str:
    """A log as text that cannot steer a terminal."""
    return safe_block(log.decode("utf-8", "replace")).rstrip("\n")
