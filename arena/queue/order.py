"""Who is next among waiting attempts: the team that has used least, and of its attempts the oldest. Pure.

A team's **weight** is the sum over its attempts of the window of what each was charged, and of what is reserved for
one that runs; an attempt weighs at least ``MINIMUM_SECONDS``, one that was refunded as much as that. The next is the
waiting attempt with the least (weight of its team, time since which it waits, id).

**Bound.** Let attempt ``a`` wait as the oldest of its team ``T``, let ``T`` weigh ``w``, and write ``m`` for
``MINIMUM_SECONDS``. Within the window, a team that already had ``k`` attempts is started at most
``max(0, floor(w / m) + 1 - k)`` times before ``a``. So ``n`` other teams together are started at most
``n * (floor(w / m) + 1)`` times before it, however many attempts they hand in meanwhile.

*Proof.* Whatever becomes of an attempt (settled at nothing, refunded, still running), it weighs at least ``m`` from
its start to the window's end. So a team with ``k`` attempts in the window weighs at least ``k * m``. It is started
before ``a`` only while it weighs at most ``w``: with more, ``a`` stands before all of its attempts. So it had at most
``w / m`` attempts before that start, and has at most ``floor(w / m) + 1`` after it. ``T`` starts nothing before ``a``,
so ``w`` does not rise. ∎

The minimum is what makes it a bound: without it, a team whose attempts crash at once or are refunded would weigh
nothing for ever and be first for ever. It orders the queue and is charged to no one. Attempts that come later do not
matter, and a team that is new is one of the ``n``. When a window ends all weights return to nothing, and what has
waited longest is next.
"""

import heapq
from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from fractions import Fraction

MINIMUM_SECONDS = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """An attempt that waits for a device since the aware moment ``since``; it will reserve ``seconds``."""

    attempt: str
    team: str
    since: datetime
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Started:
    """An attempt of the window: the seconds charged, those reserved while it runs, or 0 if they were refunded.

    All of one queue are of one unit: those of another never stand here.
    """

    team: str
    seconds: float


def weights(started: Iterable[Started]) -> Mapping[str, Fraction]:
    """The weight of each team in seconds: exact, so that no order of adding changes it."""
    sums: dict[str, Fraction] = {}
    for each in started:
        sums[each.team] = sums.get(each.team, Fraction(0)) + _weight(each.seconds)
    return sums


def order(waiting: Iterable[Waiting], started: Iterable[Started]) -> list[Waiting]:
    """All that wait, in the order in which they are started if nothing ends and nothing comes meanwhile.

    Each counts as running once it has its place, so a team that hands in ten attempts at once does not keep ten places
    together. The first is who is next. ``waiting`` and ``started`` may come in any order; attempts have distinct ids.
    """
    weighs = weights(started)
    lines: dict[str, deque[Waiting]] = {}
    for each in sorted(waiting, key=_age):
        lines.setdefault(each.team, deque()).append(each)
    # One entry for each team: its oldest attempt stands for it.
    heads = [(weighs.get(team, Fraction(0)), *_age(line[0]), team) for team, line in lines.items()]
    heapq.heapify(heads)
    found = []
    while heads:
        weight, _, _, team = heapq.heappop(heads)
        line = lines[team]
        found.append(line.popleft())
        if line:
            heapq.heappush(heads, (weight + _weight(found[-1].seconds), *_age(line[0]), team))
    return found


def _weight(seconds: float) -> Fraction:
    return max(Fraction(seconds), Fraction(MINIMUM_SECONDS))


def _age(waiting: Waiting) -> tuple[datetime, str]:
    # In UTC: moments of one zone would be compared by their clocks' faces (PEP 495).
    return (waiting.since.astimezone(UTC), waiting.attempt)
