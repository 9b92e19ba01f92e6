"""Balances follow from entries alone."""

from collections.abc import Sequence
from datetime import UTC, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arena.allowance.account import Balance, ChargeState, Entry, EntryKind, balance, charges, micros, seconds_of
from arena.allowance.week import week_of
from arena.errors import InfrastructureError
from tests.unit.allowance.conftest import LIVES, MONDAY, TEAMS, UNITS, Life, entry, lived

WEEK = week_of(MONDAY, UTC, "monday")


def _balance(entries: Sequence[Entry], limit: float | None = None) -> Balance:
    return balance(entries, team="rahim", unit="cpu_slot_s", week=WEEK, limit=limit)


@given(LIVES, st.none() | st.floats(min_value=1, max_value=1000))
def test_what_stands_is_what_was_lived(lives: Sequence[Life], limit: float | None) -> None:
    """An attempt stands for what it reserved, then for what it used of that, and for nothing if the fault was ours."""
    book, admitted = lived(lives, limit)
    found = {charge.attempt: charge for charge in charges(book.entries)}
    assert set(found) == set(admitted)
    for attempt, life in admitted.items():
        stands = life.seconds if life.used is None else min(life.seconds, life.used)
        assert found[attempt].micros == (0 if life.fault else micros(stands))


@given(LIVES, st.floats(min_value=1, max_value=1000))
def test_no_allowance_is_overdrawn(lives: Sequence[Life], limit: float) -> None:
    """However a history goes, spent and reserved together never pass the limit, in no account."""
    book, _ = lived(lives, limit)
    for team in TEAMS:
        for unit in UNITS:
            for days in (0, 7, 14):
                account = book.account(team, unit, MONDAY + timedelta(days=days))
                assert account.left is not None
                assert 0 <= micros(account.left) == micros(limit) - micros(account.spent) - micros(account.reserved)


@given(LIVES, st.randoms(use_true_random=False))
def test_order_of_entries_does_not_matter(lives: Sequence[Life], chance: object) -> None:
    """A ledger that is read in another order gives the same charges."""
    book, _ = lived(lives, 500.0)
    shuffled = list(book.entries)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    assert charges(shuffled) == charges(book.entries)


@given(LIVES)
def test_refunds_equal_what_stood(lives: Sequence[Life]) -> None:
    """All refunds together are what our faults had been charged, to the microsecond."""
    book, admitted = lived(lives, None)
    refunds = sum(micros(each.seconds) for each in book.entries if each.kind is EntryKind.REFUND)
    faults = [life for life in admitted.values() if life.fault]
    stood = [life.seconds if life.used is None else min(life.seconds, life.used) for life in faults]
    assert refunds == sum(micros(seconds) for seconds in stood)


def test_units_and_teams_stand_apart() -> None:
    """What others spend, and what is spent of another unit or in another week, is in another account."""
    others = [
        entry("a.1", team="karim"),
        entry("b.1", unit="gpu_s"),
        entry("c.1", at=WEEK.ends),
        entry("d.1", at=WEEK.begins - timedelta(microseconds=1)),
    ]
    assert _balance(others).reserved == 0
    assert _balance([*others, entry("e.1", at=WEEK.ends - timedelta(microseconds=1))]).reserved == 10


def test_an_attempt_counts_when_it_was_reserved() -> None:
    """An attempt that ends after the week's end stands against the week in which it was reserved."""
    late = entry("a.1", EntryKind.SETTLE, 4.0, at=WEEK.ends + timedelta(hours=1))
    found = _balance([entry("a.1"), late], limit=20)
    assert (found.spent, found.reserved, found.left) == (4, 0, 16)


def test_decimals_add_up() -> None:
    """Ten tenths are one: sums are made of whole microseconds."""
    found = _balance([entry(f"{number}.1", seconds=0.1) for number in range(3)], limit=0.3)
    assert (found.reserved, found.left) == (0.3, 0)


def test_a_limit_that_was_lowered() -> None:
    """What was spent before the limit was lowered leaves nothing, and not less than that."""
    assert _balance([entry()], limit=4).left == 0


def test_no_limit() -> None:
    """Without a limit nothing is left or lacking, and everything is covered."""
    found = _balance([entry()])
    assert (found.left, found.covers(1e9)) == (None, True)


@given(st.floats(min_value=0, max_value=1e9))
def test_microseconds(seconds: float) -> None:
    """An amount is rounded once and then keeps its value."""
    amount = micros(seconds)
    assert abs(Fraction(seconds) - Fraction(amount, 10**6)) <= Fraction(1, 2 * 10**6) + Fraction(1, 10**7)
    assert micros(seconds_of(amount)) == amount


@pytest.mark.parametrize("wrong", [-0.1, float("nan"), float("inf"), 1e10])
def test_no_amount(wrong: float) -> None:
    """What is negative, endless or absurd is no amount of seconds."""
    with pytest.raises(ValueError, match="not an amount"):
        micros(wrong)


@pytest.mark.parametrize(
    "entries",
    [
        [entry(), entry()],
        [entry(kind=EntryKind.SETTLE)],
        [entry(kind=EntryKind.REFUND)],
        [entry(), entry(kind=EntryKind.SETTLE, seconds=10.000001)],
        [entry(), entry(kind=EntryKind.SETTLE, seconds=4), entry(kind=EntryKind.REFUND)],
        [entry(), entry(kind=EntryKind.REFUND, seconds=4)],
        [entry(), entry(kind=EntryKind.SETTLE, team="karim")],
        [entry(), entry(kind=EntryKind.SETTLE, unit="gpu_s")],
    ],
    ids=["twice", "settle alone", "refund alone", "more", "refund of more", "refund of less", "team", "unit"],
)
def test_no_ledger(entries: Sequence[Entry]) -> None:
    """Entries that no ledger writes are a fault of ours, and no balance."""
    with pytest.raises(InfrastructureError) as caught:
        charges(entries)
    assert caught.value.message_id == "allowance.broken"


def test_states() -> None:
    """A charge says how far its attempt has come."""
    end, back = entry(kind=EntryKind.SETTLE, seconds=4), entry(kind=EntryKind.REFUND, seconds=4)
    for entries, state in (
        ([entry()], ChargeState.RESERVED),
        ([entry(), end], ChargeState.SPENT),
        ([entry(), end, back], ChargeState.REFUNDED),
    ):
        assert [charge.state for charge in charges(entries)] == [state]
