"""What the next entry of an attempt is, given those that it has. Pure: the ledger runs each step in one transaction.

Every step may be repeated after a crash: the second time it finds its entry and adds none. A repeated step that says
something else than the first time is a fault of ours and is never silently taken.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from arena.allowance.account import Balance, Entry, EntryKind, micros, seconds_of, whose
from arena.errors import InfrastructureError

Entries = Mapping[EntryKind, Entry]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reserved:
    """The attempt may run. ``left`` is what the team may still reserve, in seconds; ``None`` without a limit."""

    entry: Entry
    left: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class NotCovered:
    """The allowance does not cover the attempt. All in seconds of ``unit``; ``renews_at`` is in UTC.

    Where ``needed`` is more than ``limit``, no week covers it.
    """

    unit: str
    needed: float
    left: float
    limit: float
    renews_at: datetime


def reserve(entry: Entry, has: Entries, account: Balance) -> Reserved | NotCovered:
    """Whether ``entry`` may be added; where ``has`` holds it already, it need not be.

    Raises:
        InfrastructureError: the attempt was reserved with other values, or its reservation was given up meanwhile.
    """
    if before := has.get(EntryKind.RESERVE):
        if whose(before) != whose(entry) or micros(before.seconds) != micros(entry.seconds):
            raise _conflict(entry.attempt, EntryKind.RESERVE)
        if EntryKind.REFUND in has:
            # It was given up as dead and its seconds are someone else's by now.
            raise _conflict(entry.attempt, EntryKind.REFUND)
        return Reserved(entry=before, left=account.left)
    if account.left is not None and account.limit is not None and not account.covers(entry.seconds):
        return NotCovered(
            unit=entry.unit,
            needed=entry.seconds,
            left=account.left,
            limit=account.limit,
            renews_at=account.week.ends,
        )
    left = None if account.left is None else seconds_of(micros(account.left) - micros(entry.seconds))
    return Reserved(entry=entry, left=left)


def settle(attempt: str, used: float, has: Entries, at: datetime) -> Entry:
    """The entry that charges ``min(used, reserved)`` seconds; where ``has`` holds it already, that one.

    After a refund it is the refund: what was given up is not charged, however late its end is told.

    Raises:
        InfrastructureError: nothing was reserved, or another amount was settled.
    """
    first = _first(attempt, has)
    if refunded := has.get(EntryKind.REFUND):
        return refunded
    charged = min(micros(used), micros(first.seconds))
    if before := has.get(EntryKind.SETTLE):
        if micros(before.seconds) != charged:
            raise _conflict(attempt, EntryKind.SETTLE)
        return before
    return replace(first, kind=EntryKind.SETTLE, seconds=seconds_of(charged), at=at, reason="")


def refund(attempt: str, reason: str, has: Entries, at: datetime) -> Entry:
    """The entry that gives back all that stands against the team for this attempt; where ``has`` holds it, that one.

    Raises:
        InfrastructureError: nothing was reserved.
    """
    first = _first(attempt, has)
    if before := has.get(EntryKind.REFUND):
        return before
    standing = has.get(EntryKind.SETTLE, first)
    return replace(first, kind=EntryKind.REFUND, seconds=standing.seconds, at=at, reason=reason)


def _first(attempt: str, has: Entries) -> Entry:
    try:
        return has[EntryKind.RESERVE]
    except KeyError as error:
        raise InfrastructureError("allowance.unreserved", attempt=attempt) from error


def _conflict(attempt: str, kind: EntryKind) -> InfrastructureError:
    return InfrastructureError("allowance.conflict", attempt=attempt, kind=kind.value)
