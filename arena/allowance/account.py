"""From entries to balances. Pure: what stands in the ledger decides, whoever wrote it and in whatever order it is read.

An attempt has at most three entries: what it may cost is reserved before it runs, what it cost is settled after it,
and what was charged for a fault that is not the submission's is refunded. It stands against the week in which its
reservation was made, whenever it ends, and for one amount at a time:

    reserve                      what is reserved
    reserve, settle              what is settled, which is never more
    reserve [, settle], refund   nothing

Amounts are seconds with six decimals and are added as whole microseconds, so that a sum has no rounding and no order.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from arena.allowance.week import Week
from arena.errors import InfrastructureError

_MICROS = 1_000_000
# Thirty years: beyond it floats begin to skip microseconds.
MAX_SECONDS = 1e9


class EntryKind(Enum):
    """What an entry of the ledger does."""

    RESERVE = "reserve"
    SETTLE = "settle"
    REFUND = "refund"


class ChargeState(Enum):
    """How far an attempt has come: ``reserved`` while it may still run."""

    RESERVED = "reserved"
    SPENT = "spent"
    REFUNDED = "refunded"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line of the ledger, never changed. ``seconds`` counts ``unit``; ``at`` is aware.

    Of a ``reserve`` the seconds are what the attempt may cost at most; of a ``settle`` what it cost; of a ``refund``
    what stood against the team until then. ``reason`` is a stable code, and empty but for a refund.
    """

    attempt: str
    kind: EntryKind
    team: str
    task: str
    device_class: str
    unit: str
    seconds: float
    at: datetime
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Charge:
    """What one attempt stands for. ``at`` is when it was reserved; ``micros`` are millionths of ``unit``'s seconds."""

    attempt: str
    team: str
    unit: str
    at: datetime
    state: ChargeState
    reserved_micros: int
    micros: int

    @property
    def seconds(self) -> float:
        """What stands against the team, in seconds."""
        return self.micros / _MICROS


@dataclass(frozen=True, slots=True, kw_only=True)
class Balance:
    """A team's account of one unit in one week. ``limit`` is ``None`` where there is none; all else is in seconds."""

    team: str
    unit: str
    week: Week
    limit: float | None
    spent: float
    reserved: float

    @property
    def left(self) -> float | None:
        """What may still be reserved, never below zero; ``None`` where there is no limit."""
        if self.limit is None:
            return None
        used = micros(self.spent) + micros(self.reserved)
        return max(0, micros(self.limit) - used) / _MICROS

    def covers(self, seconds: float) -> bool:
        """Whether so much can still be reserved."""
        return self.left is None or micros(seconds) <= micros(self.left)


def micros(seconds: float) -> int:
    """Seconds as whole microseconds, rounded to the nearest.

    Raises:
        ValueError: it is negative, not finite, or beyond ``MAX_SECONDS``.
    """
    if not (math.isfinite(seconds) and 0 <= seconds <= MAX_SECONDS):
        raise ValueError(f"not an amount of seconds: {seconds!r}")
    return round(seconds * _MICROS)


def seconds_of(amount: int) -> float:
    """Whole microseconds as seconds. ``micros`` of it is the same amount again."""
    return amount / _MICROS


def evaluation_of(attempt: str) -> str:
    """The evaluation that an attempt works for: ids of attempts are ``<evaluation>.<number>``."""
    return attempt.rpartition(".")[0]


def charges(entries: Iterable[Entry]) -> list[Charge]:
    """What each attempt stands for, in the order of their names.

    Raises:
        InfrastructureError: the entries are no ledger's: one of a kind twice for an attempt, an end without a
            reservation, entries of one attempt that name different teams, tasks or devices, more settled than reserved.
    """
    by_attempt: dict[str, dict[EntryKind, Entry]] = {}
    for entry in entries:
        kinds = by_attempt.setdefault(entry.attempt, {})
        if entry.kind in kinds:
            raise _broken(entry.attempt)
        kinds[entry.kind] = entry
    return [_charge(attempt, kinds) for attempt, kinds in sorted(by_attempt.items())]


def _charge(attempt: str, kinds: dict[EntryKind, Entry]) -> Charge:
    first = kinds.get(EntryKind.RESERVE)
    if first is None or any(whose(entry) != whose(first) for entry in kinds.values()):
        raise _broken(attempt)
    held = standing = micros(first.seconds)
    state = ChargeState.RESERVED
    if settled := kinds.get(EntryKind.SETTLE):
        standing, state = micros(settled.seconds), ChargeState.SPENT
    if refunded := kinds.get(EntryKind.REFUND):
        standing, state = standing - micros(refunded.seconds), ChargeState.REFUNDED
    if not 0 <= standing <= held or (refunded and standing):
        raise _broken(attempt)
    return Charge(
        attempt=attempt,
        team=first.team,
        unit=first.unit,
        at=first.at,
        state=state,
        reserved_micros=held,
        micros=standing,
    )


def whose(entry: Entry) -> tuple[str, str, str, str]:
    """Team, task, device class and unit: the same in every entry of an attempt."""
    return (entry.team, entry.task, entry.device_class, entry.unit)


def balance(entries: Iterable[Entry], *, team: str, unit: str, week: Week, limit: float | None) -> Balance:
    """The account of ``team`` in ``unit`` for ``week``; entries of others may stand among ``entries``."""
    sums = dict.fromkeys(ChargeState, 0)
    for charge in charges(entries):
        if (charge.team, charge.unit) == (team, unit) and week.holds(charge.at):
            sums[charge.state] += charge.micros
    return Balance(
        team=team,
        unit=unit,
        week=week,
        limit=limit,
        spent=seconds_of(sums[ChargeState.SPENT]),
        reserved=seconds_of(sums[ChargeState.RESERVED]),
    )


def _broken(attempt: str) -> InfrastructureError:
    return InfrastructureError("allowance.broken", attempt=attempt)
