"""Histories of a ledger, made by its own steps and kept in memory."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st

from arena.allowance import steps
from arena.allowance.account import Balance, Entry, EntryKind, balance
from arena.allowance.week import week_of

MONDAY = datetime(2025, 6, 2, 0, 0, tzinfo=UTC)
UNITS = ("gpu_s", "cpu_slot_s")
TEAMS = ("rahim", "karim", "salma")


def entry(attempt: str = "e.1", kind: EntryKind = EntryKind.RESERVE, seconds: float = 10.0, **other: object) -> Entry:
    """An entry of team rahim, on a Monday, unless told otherwise."""
    fields: dict[str, object] = {
        "team": "rahim",
        "task": "fruit",
        "device_class": "cpu",
        "unit": "cpu_slot_s",
        "at": MONDAY,
        **other,
    }
    return Entry(attempt=attempt, kind=kind, seconds=seconds, **fields)  # type: ignore[arg-type]


@dataclass
class Book:
    """A ledger in memory: the same steps, no store."""

    limit: float | None = None
    entries: list[Entry] = field(default_factory=list)

    def has(self, attempt: str) -> dict[EntryKind, Entry]:
        """The attempt's entries by kind."""
        return {each.kind: each for each in self.entries if each.attempt == attempt}

    def account(self, team: str, unit: str, at: datetime) -> Balance:
        """An account of the week, which begins on Mondays in UTC."""
        week = week_of(at, UTC, "monday")
        return balance(self.entries, team=team, unit=unit, week=week, limit=self.limit)

    def reserve(self, wanted: Entry) -> steps.Reserved | steps.NotCovered:
        """As the ledger does it."""
        decided = steps.reserve(wanted, self.has(wanted.attempt), self.account(wanted.team, wanted.unit, wanted.at))
        if isinstance(decided, steps.Reserved):
            self._add(decided.entry)
        return decided

    def settle(self, attempt: str, used: float, at: datetime) -> Entry:
        """As the ledger does it."""
        return self._add(steps.settle(attempt, used, self.has(attempt), at))

    def refund(self, attempt: str, at: datetime) -> Entry:
        """As the ledger does it."""
        return self._add(steps.refund(attempt, "infrastructure_error", self.has(attempt), at))

    def _add(self, made: Entry) -> Entry:
        if made not in self.entries:
            self.entries.append(made)
        return made


SECONDS = st.floats(min_value=0, max_value=200, allow_nan=False) | st.integers(0, 200).map(float)


@dataclass(frozen=True)
class Life:
    """One attempt as it was: ``used`` is missing where it never ended, ``fault`` says that it was ours."""

    team: str
    unit: str
    seconds: float
    used: float | None
    fault: bool
    at: datetime
    repeats: int


LIVES: st.SearchStrategy[Sequence[Life]] = st.lists(
    st.builds(
        Life,
        team=st.sampled_from(TEAMS),
        unit=st.sampled_from(UNITS),
        seconds=SECONDS,
        used=st.none() | SECONDS,
        fault=st.booleans(),
        at=st.integers(0, 14 * 24).map(lambda hours: MONDAY + timedelta(hours=hours)),
        repeats=st.integers(1, 3),
    ),
    max_size=25,
)


def lived(lives: Sequence[Life], limit: float | None) -> tuple[Book, dict[str, Life]]:
    """The ledger of these lives, and those that were admitted by their attempts; each step is repeated as told."""
    book, admitted = Book(limit=limit), {}
    for number, life in enumerate(lives):
        attempt = f"e{number}.1"
        wanted = entry(attempt, seconds=life.seconds, team=life.team, unit=life.unit, at=life.at)
        for _ in range(life.repeats):
            decided = book.reserve(wanted)
        if isinstance(decided, steps.NotCovered):
            continue
        admitted[attempt] = life
        for _ in range(life.repeats):
            if life.used is not None:
                book.settle(attempt, life.used, life.at + timedelta(days=5))
        for _ in range(life.repeats):
            if life.fault:
                book.refund(attempt, life.at + timedelta(days=6))
    return book, admitted
