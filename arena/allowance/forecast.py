"""What an attempt may cost at most, and what a learner is told about it before it runs. Pure."""

import math
from dataclasses import dataclass
from datetime import datetime, tzinfo

from arena.allowance.account import Balance
from arena.allowance.steps import NotCovered
from arena.model.budget import Budget
from arena.model.device import DeviceKind
from arena.model.message import Message
from arena.model.submission import Kind
from arena.model.task import Task

# What people call the device; the same in every language. A CPU slot's seconds are not seconds of its cores.
DEVICES = {DeviceKind.GPU.unit: "GPU", DeviceKind.CPU_SLOT.unit: "CPU slot"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What one attempt may cost at most: ``seconds`` of ``unit``, 0 where nothing runs."""

    unit: str
    seconds: float


@dataclass(frozen=True, slots=True)
class Covered:
    """The allowance covers it; ``message`` says what it may cost."""

    message: Message


@dataclass(frozen=True, slots=True)
class Refused:
    """The allowance does not cover it; ``message`` says why, and when it will."""

    message: Message


def may_cost(kind: Kind, task: Task, device: DeviceKind) -> Cost:
    """The most that an attempt of this kind may be charged on one ``device``.

    A model whose phases have budgets of their own may cost all that these allow together.
    """
    match kind:
        case Kind.PREDICTIONS:
            seconds = 0.0
        case Kind.PROGRAM | Kind.EXERCISE:
            seconds = _leased(task.budget, device)
        case Kind.ARTIFACT:
            seconds = _leased(task.predict_budget or task.budget, device)
        case Kind.MODEL if task.fit_budget is None and task.predict_budget is None:
            seconds = _leased(task.budget, device)
        case Kind.MODEL:
            phases = (task.fit_budget or task.budget, task.predict_budget or task.budget)
            seconds = sum(_leased(phase, device) for phase in phases)
    return Cost(unit=device.unit, seconds=seconds)


def _leased(budget: Budget, device: DeviceKind) -> float:
    own = budget.gpu_seconds if device is DeviceKind.GPU else budget.cpu_slot_seconds
    # One device is leased, so its seconds are also seconds on the clock.
    return budget.wall_seconds if own is None else min(own, budget.wall_seconds)


def forecast(cost: Cost, account: Balance, zone: tzinfo) -> Covered | Refused:
    """Whether ``account``, which is of the cost's unit, covers ``cost``."""
    if account.left is not None and account.limit is not None and not account.covers(cost.seconds):
        refused = NotCovered(
            unit=cost.unit,
            needed=cost.seconds,
            left=account.left,
            limit=account.limit,
            renews_at=account.week.ends,
        )
        return Refused(denial(refused, zone))
    needed = most_text(cost.seconds)
    if account.left is None:
        return Covered(Message.of("quota.may_cost_unlimited", needed=needed, device=DEVICES[cost.unit], unit=cost.unit))
    return Covered(
        Message.of(
            "quota.may_cost",
            needed=needed,
            left=left_text(account.left),
            device=DEVICES[cost.unit],
            unit=cost.unit,
            renews=moment_text(account.week.ends, zone),
        )
    )


def denial(refused: NotCovered, zone: tzinfo) -> Message:
    """Why an attempt is not admitted: the reason of the outcome ``denied``."""
    about = {"needed": most_text(refused.needed), "device": DEVICES[refused.unit], "unit": refused.unit}
    if refused.needed > refused.limit:
        return Message.of("denied.allowance_never", limit=left_text(refused.limit), **about)
    renews = moment_text(refused.renews_at, zone)
    return Message.of("denied.allowance", left=left_text(refused.left), renews=renews, **about)


def most_text(seconds: float) -> str:
    """Seconds with at most one decimal, rounded up: never less than it may be."""
    return f"{math.ceil(round(seconds * 10, 5)) / 10:.1f}".removesuffix(".0")


def left_text(seconds: float) -> str:
    """Seconds with at most one decimal, rounded down: never more than there is."""
    return f"{math.floor(round(seconds * 10, 5)) / 10:.1f}".removesuffix(".0")


def moment_text(moment: datetime, zone: tzinfo) -> str:
    """A moment in the workspace's time, to the minute, with its offset."""
    return moment.astimezone(zone).isoformat(sep=" ", timespec="minutes")
