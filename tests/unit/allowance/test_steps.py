"""One step of an attempt: what it adds, what it refuses, and that repeating it adds nothing."""

from datetime import timedelta

import pytest

from arena.allowance.account import EntryKind
from arena.allowance.steps import NotCovered, Reserved
from arena.errors import ArenaError, InfrastructureError
from tests.unit.allowance.conftest import MONDAY, Book, entry

LATER = MONDAY + timedelta(hours=1)


def _fails(code: str, call: object) -> None:
    with pytest.raises(InfrastructureError) as caught:
        call()  # type: ignore[operator]
    assert caught.value.message_id == code


def test_a_reservation_that_is_covered() -> None:
    """It says what is left after it; the last second may be reserved."""
    book = Book(limit=30)
    first, second = book.reserve(entry("a.1")), book.reserve(entry("b.1", seconds=20))
    assert isinstance(first, Reserved)
    assert isinstance(second, Reserved)
    assert (first.left, second.left) == (20, 0)


def test_a_reservation_that_is_not_covered() -> None:
    """It says what is needed, what is left and when the week ends, and reserves nothing."""
    book = Book(limit=30)
    book.reserve(entry("a.1", seconds=25))
    refused = book.reserve(entry("b.1"))
    expected = NotCovered(unit="cpu_slot_s", needed=10, left=5, limit=30, renews_at=MONDAY + timedelta(days=7))
    assert refused == expected
    assert len(book.entries) == 1


def test_the_rest_is_given_back() -> None:
    """What an attempt reserved and did not use can be reserved again."""
    book = Book(limit=30)
    book.reserve(entry("a.1", seconds=30))
    book.settle("a.1", 12.5, LATER)
    account = book.account("rahim", "cpu_slot_s", MONDAY)
    assert (account.spent, account.reserved, account.left) == (12.5, 0, 17.5)


def test_no_more_than_reserved_is_charged() -> None:
    """A clock that ran on past the budget costs the team nothing."""
    book = Book()
    book.reserve(entry("a.1"))
    assert book.settle("a.1", 10.25, LATER).seconds == 10


def test_a_repeated_step_adds_nothing() -> None:
    """The entry of the first time stands, with its time and reason."""
    book = Book(limit=10)
    first = book.reserve(entry("a.1"))
    again = book.reserve(entry("a.1", at=LATER))
    assert isinstance(first, Reserved)
    assert isinstance(again, Reserved)
    assert (again.entry, again.left) == (first.entry, 0)
    settled = book.settle("a.1", 4, LATER)
    assert book.settle("a.1", 4, LATER + timedelta(hours=1)) == settled
    refunded = book.refund("a.1", LATER)
    assert book.refund("a.1", LATER + timedelta(hours=1)) == refunded
    assert [each.kind for each in book.entries] == list(EntryKind)


def test_a_step_that_says_something_else_is_an_error() -> None:
    """A different amount, team or unit for the same attempt is never taken silently."""
    book = Book()
    book.reserve(entry("a.1"))
    for other in (entry("a.1", seconds=11), entry("a.1", team="karim"), entry("a.1", unit="gpu_s")):
        _fails("allowance.conflict", lambda other=other: book.reserve(other))
    book.settle("a.1", 4, LATER)
    _fails("allowance.conflict", lambda: book.settle("a.1", 5, LATER))
    assert len(book.entries) == 2


def test_what_was_given_up_is_not_charged() -> None:
    """After a refund a late end charges nothing, and the reservation does not come to life again."""
    book = Book()
    book.reserve(entry("a.1"))
    refunded = book.refund("a.1", LATER)
    assert book.settle("a.1", 4, LATER) == refunded
    _fails("allowance.conflict", lambda: book.reserve(entry("a.1")))
    assert book.account("rahim", "cpu_slot_s", MONDAY).spent == 0


def test_nothing_ends_that_was_not_reserved() -> None:
    """No attempt is charged or refunded without a reservation."""
    book = Book()
    _fails("allowance.unreserved", lambda: book.settle("a.1", 4, LATER))
    _fails("allowance.unreserved", lambda: book.refund("a.1", LATER))


def test_errors_are_ours() -> None:
    """None of these is the learner's fault."""
    assert issubclass(InfrastructureError, ArenaError)
    assert InfrastructureError.exit_code == 5
