"""A team's device time, from the store where attempts are run and from the published records elsewhere."""

import contextlib
from dataclasses import dataclass
from datetime import datetime

from arena.allowance import from_records
from arena.allowance.account import Balance, balance
from arena.allowance.forecast import DEVICES, Covered, Refused, forecast, may_cost
from arena.allowance.week import Week, week_of
from arena.catalog.tasks import task_ids
from arena.catalog.workspace import Workspace
from arena.model.device import DeviceKind
from arena.model.record import Record
from arena.model.submission import Submission
from arena.model.task import Task
from arena.pipeline.ledgers import open_ledger


@dataclass(frozen=True, slots=True, kw_only=True)
class Accounts:
    """A team's accounts of one week, one for each unit. From records, nothing is ever reserved."""

    team: str
    week: Week
    balances: tuple[Balance, ...]
    from_records: bool


def accounts(workspace: Workspace, team: str, at: datetime) -> Accounts:
    """The accounts of the week around the aware moment ``at``."""
    week = week_of(at, workspace.time_zone, workspace.allowance.week_starts)
    stored = workspace.store.is_file()
    found = _stored(workspace, team, at) if stored else _recorded(workspace, team, week)
    return Accounts(team=team, week=week, balances=found, from_records=not stored)


def forecast_of(workspace: Workspace, submission: Submission, task: Task, kind: DeviceKind) -> Covered | Refused | None:
    """What a submission may cost its team on such a device, and whether the week covers it; ``None``: nothing runs."""
    cost = may_cost(submission.kind, task, kind)
    if not cost.seconds:
        return None
    found = accounts(workspace, submission.team, submission.received_at).balances
    return forecast(cost, next(each for each in found if each.unit == cost.unit), workspace.time_zone)


def _stored(workspace: Workspace, team: str, at: datetime) -> tuple[Balance, ...]:
    from arena.allowance.ledger import AllowanceLedger
    from arena.store.engine import Store

    store = Store.open(workspace.store)
    ledger = AllowanceLedger(store=store, allowance=workspace.allowance, zone=workspace.time_zone)
    try:
        # Records may have come by another way than through this store: with a pull, or from before it was there.
        ledger.adopt(from_records.entries(_records(workspace, team)))
        return tuple(ledger.account(team, unit, at) for unit in DEVICES)
    finally:
        store.close()


def _recorded(workspace: Workspace, team: str, week: Week) -> tuple[Balance, ...]:
    found, limits = from_records.entries(_records(workspace, team)), workspace.allowance.seconds
    return tuple(balance(found, team=team, unit=unit, week=week, limit=limits.get(unit)) for unit in DEVICES)


def _records(workspace: Workspace, team: str) -> list[Record]:
    with contextlib.closing(open_ledger(workspace)) as ledger:
        return [record for task in task_ids(workspace.root) for record in ledger.of_team(task, team)]
