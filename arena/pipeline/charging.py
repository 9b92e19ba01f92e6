"""Hold an attempt against its team's weekly allowance: reserve before it runs, settle or refund when it has ended.

Killed between any two lines, the ledger holds a reservation at most, and the next attempt at the same evaluation gives
that back first. Where the workspace sets no limit nothing is reserved, and what was spent is told by the records.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from arena.allowance import from_records
from arena.allowance.forecast import denial, expected_device, may_cost
from arena.allowance.ledger import AllowanceLedger
from arena.allowance.steps import NotCovered
from arena.model.budget import Usage
from arena.model.device import CPU_CLASS
from arena.model.message import Message
from arena.model.submission import Submission
from arena.model.task import Task
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
    cost = may_cost(submission.kind, task, expected_device(task.budget))
    if stages.allowance is None or not cost.seconds:
        return Charge(stages=stages)
    attempt = stages.allowance.next_attempt(evaluation, at=stages.now())
    decided = stages.allowance.reserve(
        attempt=attempt,
        team=submission.team,
        task=task.id,
        unit=cost.unit,
        device_class=CPU_CLASS,
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
