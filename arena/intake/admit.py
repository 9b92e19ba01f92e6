"""Whether a submission may be graded now. Pure: time and history are arguments."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from arena.model.message import Message
from arena.model.outcome import Outcome
from arena.model.task import Task


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """One earlier evaluation of the team for the task."""

    received_at: datetime
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Admitted:
    """It may be graded."""


@dataclass(frozen=True, slots=True)
class Denied:
    """It may not, and why."""

    message: Message


def admit(task: Task, past: Iterable[Past], now: datetime, zone: tzinfo) -> Admitted | Denied:
    """Hold a new submission against the task's window and the team's day, which is the workspace's day."""
    opens, closes = task.board.opens, task.board.closes
    if opens is not None and now < opens:
        return Denied(Message.of("denied.not_open", task=task.id, opens=_shown(opens, zone)))
    ends = task.board.late_until if task.board.is_late(now) else None
    if closes is not None and now > (ends or closes):
        return Denied(Message.of("denied.closed", task=task.id, closes=_shown(ends or closes, zone)))
    past = list(past)
    rules = task.submissions
    if rules.total is not None and sum(each.outcome.counts_against_quota for each in past) >= rules.total:
        return Denied(Message.of("denied.total", limit=rules.total, task=task.id))
    today = now.astimezone(zone).date()
    outcomes = [each.outcome for each in past if each.received_at.astimezone(zone).date() == today]
    midnight = datetime.combine(today + timedelta(days=1), datetime.min.time(), tzinfo=zone)
    renews = _shown(midnight, zone)
    if sum(outcome.counts_against_quota for outcome in outcomes) >= rules.per_day:
        return Denied(Message.of("denied.quota", limit=rules.per_day, renews=renews))
    if sum(outcome.is_failed_try for outcome in outcomes) >= rules.failed_per_day:
        return Denied(Message.of("denied.failed_tries", limit=rules.failed_per_day, renews=renews))
    return Admitted()


def _shown(moment: datetime, zone: tzinfo) -> str:
    return moment.astimezone(zone).isoformat(sep=" ", timespec="minutes")
