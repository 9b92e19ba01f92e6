"""Hold an attempt against its team's weekly allowance: reserve before it runs, settle or refund when it has ended.

Killed between any two lines, the ledger holds a reservation at most, which the next attempt at the same evaluation
gives back, or the next grader at all. Where the workspace sets no limit nothing is ever refused, and what was spent is
counted all the same.
"""

import contextlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from arena.allowance import from_records
from arena.allowance.account import evaluation_of
from arena.allowance.forecast import denial, may_cost
from arena.allowance.ledger import AllowanceLedger
from arena.allowance.steps import NotCovered
from arena.errors import InfrastructureError, TaskError
from arena.model.budget import Usage
from arena.model.message import Message
from arena.model.outcome import Outcome
from arena.model.submission import Kind, Submission
from arena.model.task import Task
from arena.pipeline.placing import class_of_first, kind_of
from arena.pipeline.stages import Stages


@dataclass(frozen=True, slots=True, kw_only=True)
class Charge:
    """What is reserved for one attempt; nothing where ``ledger`` is ``None``."""

    stages: Stages
    ledger: AllowanceLedger | None = None
    attempt: str = ""

    def settle(self, usage: Usage) -> None:
        """Charge what it used, at most what was reserved."""
        if self.ledger is not None:
            self.ledger.settle(self.attempt, usage.charged, at=self.stages.now())

    def refund(self, reason: str) -> None:
        """Give everything back: it was not the submission's fault."""
        if self.ledger is not None:
            self.ledger.refund(self.attempt, reason, at=self.stages.now())

    @contextlib.contextmanager
    def refunded_if_broken(self) -> Iterator[None]:
        """Give everything back if the block ends in an error, or is interrupted; the error goes on."""
        try:
            yield
        except BaseException as error:
            with contextlib.suppress(InfrastructureError):  # Else the next grader does; this error is the first one.
                self.refund(_outcome_of(error).value)
            raise


def _outcome_of(error: BaseException) -> Outcome:
    match error:
        case TaskError():
            return Outcome.TASK_ERROR
        case Exception():
            return Outcome.INFRASTRUCTURE_ERROR
        case _:
            return Outcome.CANCELLED


def turn(state: Path, evaluation: str) -> FileLock:
    """One grader at a time for each submission, by the id of its first evaluation; the lock dies with its holder."""
    folder = state / "locks"
    folder.mkdir(parents=True, exist_ok=True)
    return FileLock(folder / f"{evaluation}.lock")


def reserve(submission: Submission, evaluation: str, task: Task, stages: Stages) -> Charge | Message:
    """Set aside what an attempt may cost; the message says why its week does not cover it.

    Only for whoever holds the turn of this submission, and only for its first evaluation: others cost nothing.
    """
    if stages.allowance is None or submission.kind is Kind.PREDICTIONS:
        return Charge(stages=stages)
    kind = kind_of(task, stages)
    cost = may_cost(submission.kind, task, kind)
    attempt = stages.allowance.next_attempt(evaluation, at=stages.now())
    decided = stages.allowance.reserve(
        attempt=attempt,
        team=submission.team,
        task=task.id,
        unit=cost.unit,
        device_class=class_of_first(kind, stages),
        seconds=cost.seconds,
        at=submission.received_at,
    )
    if isinstance(decided, NotCovered):
        return denial(decided, stages.zone)
    return Charge(stages=stages, ledger=stages.allowance, attempt=attempt)


def adopt(tasks: Iterable[Task], stages: Stages) -> None:
    """Set the ledger right before work begins.

    Tell one that is new, or was deleted, what the records know, so that nothing that was charged is forgotten; and give
    back what killed graders had set aside, also for submissions that nobody grades any more.
    """
    if stages.allowance is None:
        return
    for task in tasks:
        stages.allowance.adopt(from_records.entries(stages.ledger.records(task.id)))
    stages.allowance.reconcile(lambda attempt: _is_at_work(stages.state, attempt), at=stages.now())


def _is_at_work(state: Path, attempt: str) -> bool:
    """Whether some grader has the turn of what the attempt works for. Only first evaluations reserve anything."""
    try:
        with turn(state, evaluation_of(attempt)).acquire(timeout=0):
            return False
    except Timeout:
        return True
