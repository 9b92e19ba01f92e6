"""The life of one submission, read top to bottom: receive, admit, run, check, score, record.

Killed between any two lines, it has either left a whole record or nothing that counts; the next run finishes the
work. Two graders that meet at one submission take turns, and the second finds the first one's record.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from arena import __version__
from arena.devices.interface import NoDeviceError
from arena.errors import AttemptFailedError, InfrastructureError, TaskError
from arena.exercises.result import dump_results, shares
from arena.files import write_atomic
from arena.intake.admit import Denied, Past, admit
from arena.intake.receive import Rejected, receive
from arena.model.budget import Usage
from arena.model.message import Message
from arena.model.outcome import Outcome
from arena.model.record import Environment, Record, record_id
from arena.model.submission import Submission
from arena.model.task import Task
from arena.pipeline.attempt import Attempt, attempt
from arena.pipeline.charging import Charge, reserve, turn
from arena.pipeline.custom import RefusedError, with_custom
from arena.pipeline.feedback import seen
from arena.pipeline.influences import measured
from arena.pipeline.scoring import Scored, score
from arena.pipeline.stages import Stages

# An infrastructure fault is tried again this many times in all.
MAX_TRIES = 3
# Clocks that are kept in step by the network differ and step by less.
CLOCK_TOLERANCE = timedelta(seconds=2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Graded:
    """What became of a submission. ``record`` is missing where the outcome is not final: the next run tries again."""

    outcome: Outcome
    messages: tuple[Message, ...]
    record: Record | None
    is_new: bool
    notes: tuple[Message, ...] = ()


def grade(
    source: Path,
    *,
    task: Task,
    team: str,
    stages: Stages,
    scratch: Path,
    again: bool = False,
    reason: str | None = None,
    received_at: datetime | None = None,
) -> Graded:
    """Grade the file or folder ``source``, which was received just now unless ``received_at`` says otherwise.

    ``scratch`` is an empty folder of this call's own; ``reason`` is kept where the evaluation supersedes another one.
    """
    moment = received_at or stages.now()
    received = receive(source, scratch / "submission", task=task, team=team, received_at=moment)
    with turn(stages.state, _id(task, team, received.digest, 1)):
        before = newest(stages, task, team, received.digest)
        if before is not None and not again:
            return Graded(outcome=before.outcome, messages=(before.message,), record=before, is_new=False)
        first = before or first_received(stages, task, team, received.digest)
        if first is None and (denied := denied_now(stages, task, team, received.received_at)):
            return Graded(outcome=Outcome.DENIED, messages=(denied.message,), record=None, is_new=False)
        charge = Charge(stages=stages)
        evaluation = _id(task, team, received.digest, before.evaluation + 1 if before else 1)
        if isinstance(received, Rejected):
            ended = Attempt(outcome=Outcome.REJECTED, messages=(received.message,), usage=Usage())
        else:
            if first is None:
                reserved = reserve(received, evaluation, task, stages)
                if isinstance(reserved, Message):
                    return Graded(outcome=Outcome.DENIED, messages=(reserved,), record=None, is_new=False)
                charge = reserved
            with charge.refunded_if_broken():
                ended = _attempt_with_retries(received, task, stages, scratch, name=charge.attempt or evaluation)
        with charge.refunded_if_broken():
            ended, scored, feedback = _scored(ended, task, stages, team=team, record=evaluation, before=before)
        if not ended.outcome.is_final:
            charge.refund(ended.outcome.value)
            return Graded(outcome=ended.outcome, messages=ended.messages, record=None, is_new=False)
        unsigned = _record(
            received=received,
            received_at=first.received_at if first else received.received_at,
            task=task,
            team=team,
            ended=ended,
            scored=scored,
            feedback=feedback,
            before=before,
            reason=reason,
            stages=stages,
        )
        record = stages.sign(unsigned)
        write_atomic(log_path(stages.state, record.id), ended.log, mode=0o600)
        if ended.cases:
            write_atomic(cases_path(stages.state, record.id), dump_results(ended.cases), mode=0o600)
        if scored.exact:
            stages.vault.put_scores(task.id, record.id, scored.exact)
        if scored.influences:
            stages.vault.put_influences(task.id, record.id, scored.influences)
        # Before the record: killed in between, the next attempt gives it back and is charged instead.
        charge.settle(record.usage)
        is_new = stages.ledger.append(record)
        return Graded(outcome=record.outcome, messages=ended.messages, record=record, is_new=is_new, notes=ended.notes)


def newest(stages: Stages, task: Task, team: str, digest: str) -> Record | None:
    """The newest evaluation of these files of this team under this version of the task."""
    found, number = None, 1
    while record := stages.ledger.get(task.id, _id(task, team, digest, number)):
        found, number = record, number + 1
    return found


def log_path(state: Path, record: str) -> Path:
    """Where the grader keeps what a submission printed."""
    return state / "logs" / record[:2] / f"{record}.log"


def cases_path(state: Path, record: str) -> Path:
    """Where the grader keeps what became of each case of an exercise."""
    return log_path(state, record).with_suffix(".cases.json")


def first_received(stages: Stages, task: Task, team: str, digest: str) -> Record | None:
    """The record of these files' first evaluation under any version of the task.

    A new version grades everything again. What was handed in before is not handed in again by that: it keeps its time,
    and neither the day's quota nor a deadline that has passed since stands in its way.
    """
    known = (record for record in stages.ledger.of_team(task.id, team) if record.submission_digest == digest)
    return next(known, None)


def denied_now(stages: Stages, task: Task, team: str, now: datetime) -> Denied | None:
    """Why the team may not hand in something new now, or ``None`` if it may.

    Raises:
        InfrastructureError: this machine's clock went back.
    """
    clock, latest = stages.now(), stages.ledger.latest(task.id)
    if latest is not None and latest > clock + CLOCK_TOLERANCE:
        # A clock that went back would reorder ties and renew quotas.
        raise InfrastructureError("clock.backward", now=clock.isoformat(), latest=latest.isoformat())
    # One entry for each submission, however often and under however many versions of the task it was graded.
    past: dict[str, Record] = {}
    for record in stages.ledger.of_team(task.id, team):
        past.setdefault(record.submission_digest, record)
    history = [Past(received_at=record.received_at, outcome=record.outcome) for record in past.values()]
    decision = admit(task, history, now, stages.zone)
    return decision if isinstance(decision, Denied) else None


def _attempt_with_retries(submission: Submission, task: Task, stages: Stages, scratch: Path, *, name: str) -> Attempt:
    how: tuple[Message, ...] = ()
    for number in range(1, MAX_TRIES + 1):
        folder = scratch / f"attempt-{number}"
        folder.mkdir()
        try:
            return attempt(submission, task, stages, folder, name=name, whole=True)
        except AttemptFailedError as error:
            how = (Message.of(error.message_id, **{key: str(value) for key, value in error.params.items()}),)
        except NoDeviceError:
            # The one that there was broke under the last attempt: how it broke is what there is to tell.
            if not how:
                raise
            break
    return Attempt(outcome=Outcome.INFRASTRUCTURE_ERROR, messages=how, usage=Usage())


def _scored(
    ended: Attempt, task: Task, stages: Stages, *, team: str, record: str, before: Record | None
) -> tuple[Attempt, Scored, Mapping[str, float]]:
    """The attempt with what is said of it, its exact scores, and what learners see of them."""
    if ended.cases:
        public = shares(ended.cases, task.exercise)
        passed = sum(result.passed for result in ended.cases)
        score_text = f"{public[task.metric]:.5f}"
        said = Message.of("run.cases_passed", passed=passed, total=len(ended.cases), score=score_text)
        return replace(ended, messages=(said,)), Scored(exact={"public": public}), public
    if ended.predictions is None:
        return ended, Scored(), {}
    try:
        scored = score(ended.predictions, task, stages.vault)
        if task.custom is not None:
            exact = with_custom(scored.exact, ended.predictions, task, task.custom, stages)
            scored = replace(scored, exact=exact)
        scored = replace(scored, influences=measured(ended.predictions, task, stages.vault))
        found = seen(scored.exact, ended.predictions, task, stages, team=team, record=record, before=before)
    except RefusedError as error:
        return replace(ended, outcome=Outcome.INVALID_PREDICTIONS, messages=(error.message,)), Scored(), {}
    except TaskError as error:
        message = Message.of(error.message_id, **{name: str(value) for name, value in error.params.items()})
        return replace(ended, outcome=Outcome.TASK_ERROR, messages=(message,)), Scored(), {}
    return replace(ended, messages=(found.said,)), scored, found.feedback


def _record(
    *,
    received: Submission | Rejected,
    received_at: datetime,
    task: Task,
    team: str,
    ended: Attempt,
    scored: Scored,
    feedback: Mapping[str, float],
    before: Record | None,
    reason: str | None,
    stages: Stages,
) -> Record:
    evaluation = before.evaluation + 1 if before else 1
    runtime = stages.runtime()
    return Record(
        id=_id(task, team, received.digest, evaluation),
        task=task.id,
        task_digest=task.digest,
        team=team,
        submission_digest=received.digest,
        kind=received.kind if isinstance(received, Submission) else None,
        evaluation=evaluation,
        received_at=received_at,
        graded_at=stages.now(),
        outcome=ended.outcome,
        message=ended.messages[0],
        feedback=feedback,
        confusion=scored.confusion,
        usage=ended.usage,
        environment=Environment(
            arena=__version__, python=runtime.version, runtime_digest=runtime.digest(), seed=task.seed
        ),
        protections=ended.protections,
        supersedes=before.id if before else None,
        reason=reason if before else None,
        signature=None,
    )


def _id(task: Task, team: str, digest: str, evaluation: int) -> str:
    return record_id(team=team, submission_digest=digest, task_digest=task.digest, evaluation=evaluation)
