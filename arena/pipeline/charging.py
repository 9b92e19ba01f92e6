"""Hold an attempt against its team's weekly allowance: reserve before it runs, settle or refund when it has ended.

Killed between any two lines, the ledger holds a reservation at most, and the next attempt at the same evaluation gives
that back first. Where the workspace sets no limit nothing is ever refused, and what was spent is counted all the same.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from arena.allowance import from_records
from arena.allowance.forecast import denial, may_cost
from arena.allowance.ledger import AllowanceLedger
from arena.allowance.steps import NotCovered
from arena.model.budget import Usage
from arena.model.message import Message
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
    """Tell a ledger that is new, or was deleted, what the records know: nothing that was charged is forgotten."""
    if stages.allowance is not None:
        for task in tasks:
            stages.allowance.adopt(from_records.entries(stages.ledger.records(task.id)))
