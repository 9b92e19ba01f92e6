"""A grader without a sandbox: it takes up evaluations one after the other, charges them, and writes records.

    spending.py STORE RECORDS SEED COUNT WORKER WORKERS KILL_AT

It follows the ledger's rules as the pipeline does, killing itself (``SIGKILL``) at the step ``KILL_AT``: a step is the
beginning or end of a transaction, of a statement, of a commit, or of a file's writing. What it is to do follows from
``SEED`` and ``COUNT`` alone, so that the next process goes on with the same. It prints how many steps it made, and who
was refused.
"""

import dataclasses
import json
import os
import random
import signal
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import Engine, event

from arena.allowance.ledger import AllowanceLedger
from arena.allowance.steps import NotCovered
from arena.files import create_once
from arena.model.allowance import Allowance
from arena.store.engine import Store

NOW = datetime(2025, 6, 4, 12, 0, tzinfo=UTC)
LIMIT = 60.0
UNIT = "cpu_slot_s"
TEAMS = ("rahim", "karim")
FAULTS = ("infrastructure_error", "task_error after settling")


@dataclasses.dataclass(frozen=True)
class Plan:
    """One evaluation: what it reserves, what it uses, and how its first attempts end before it has a record."""

    evaluation: str
    team: str
    seconds: float
    used: float
    faults: tuple[str, ...]


def plans(seed: int, count: int) -> list[Plan]:
    """What there is to do."""
    chance = random.Random(seed)  # noqa: S311 - the same in every run
    return [
        Plan(
            evaluation=f"{number:04d}",
            team=chance.choice(TEAMS),
            seconds=round(chance.uniform(5, 45), 6),
            used=round(chance.uniform(0, 50), 6),
            faults=tuple(chance.choices(FAULTS, k=chance.choice([0, 0, 1, 2]))),
        )
        for number in range(count)
    ]


class Steps:
    """Counts, and kills this process at a number."""

    def __init__(self, kill_at: int) -> None:
        self.made, self.kill_at = 0, kill_at

    def __call__(self, *_: object, **__: object) -> None:
        """One step."""
        self.made += 1
        if self.made == self.kill_at:
            os.kill(os.getpid(), signal.SIGKILL)


def open_ledger(path: Path) -> AllowanceLedger:
    """The ledger of all these processes."""
    allowance = Allowance(seconds={UNIT: LIMIT}, week_starts="monday")
    return AllowanceLedger(store=Store.open(path), allowance=allowance, zone=UTC)


def grade(plan: Plan, ledger: AllowanceLedger, records: Path, step: Steps) -> bool:
    """Do one evaluation to its record; return whether it was admitted."""
    for tried in range(len(plan.faults) + 1):
        at = NOW + timedelta(minutes=tried)
        attempt = ledger.next_attempt(plan.evaluation, at=at)
        step()
        got = ledger.reserve(
            attempt=attempt,
            team=plan.team,
            task="fruit",
            unit=UNIT,
            device_class="cpu",
            seconds=plan.seconds,
            at=NOW,
        )
        step()
        if isinstance(got, NotCovered):
            return False
        fault = plan.faults[tried] if tried < len(plan.faults) else None
        if fault != "infrastructure_error":
            charged = ledger.settle(attempt, plan.used, at=at).seconds
            step()
        if fault is not None:
            ledger.refund(attempt, fault.split()[0], at=at)
            step()
            continue
        written = {"attempt": attempt, "team": plan.team, "charged": charged}
        create_once(records / f"{plan.evaluation}.json", json.dumps(written).encode())
        step()
    return True


def main() -> None:
    """Work through this worker's share of the plans."""
    path, records = Path(sys.argv[1]), Path(sys.argv[2])
    seed, count, worker, workers, kill_at = (int(text) for text in sys.argv[3:])
    step = Steps(kill_at)
    for name in ("begin", "commit", "before_cursor_execute", "after_cursor_execute"):
        event.listen(Engine, name, step, named=True)
    ledger = open_ledger(path)
    refused = []
    for number, plan in enumerate(plans(seed, count)):
        if number % workers == worker and not (records / f"{plan.evaluation}.json").exists():
            admitted = grade(plan, ledger, records, step)
            refused += [] if admitted else [plan.evaluation]
    if workers == 1:
        ledger.reconcile(lambda _: False, at=NOW + timedelta(hours=1))
    ledger.store.close()
    print(json.dumps({"steps": step.made, "refused": refused}))  # noqa: T201 - what the test reads


if __name__ == "__main__":
    main()
