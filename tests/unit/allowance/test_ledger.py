"""The ledger in the store keeps its promises wherever a process is cut off."""

import contextlib
import itertools
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from arena.allowance.account import ChargeState, Entry, EntryKind, evaluation_of, micros
from arena.allowance.ledger import AllowanceLedger
from arena.allowance.steps import NotCovered, Reserved
from arena.errors import InfrastructureError
from arena.model.allowance import Allowance
from arena.store.engine import Store
from tests.unit.allowance.conftest import MONDAY, TEAMS, entry

UNIT = "cpu_slot_s"
LIMIT = 100.0
LATER = MONDAY + timedelta(hours=1)


class CrashError(BaseException):
    """Stands for the end of a process: nothing of the code under test catches it."""


class Crashing:
    """A store that ends the process after so many steps: a beginning, a statement, a commit, a return."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.left: int | None = None

    def _step(self) -> None:
        if self.left is not None:
            self.left -= 1
            if self.left < 0:
                raise CrashError

    @contextlib.contextmanager
    def _during(self, transaction: contextlib.AbstractContextManager[Any]) -> Iterator[Any]:
        self._step()
        with transaction as connection:
            self._step()
            yield _Steps(connection, self._step)
            self._step()
        self._step()

    def write(self) -> contextlib.AbstractContextManager[Any]:
        """As the store's."""
        return self._during(self.store.write())

    def read(self) -> contextlib.AbstractContextManager[Any]:
        """As the store's."""
        return self._during(self.store.read())


class _Steps:
    def __init__(self, connection: Any, step: Callable[[], None]) -> None:
        self._connection, self._step = connection, step

    def execute(self, statement: Any) -> Any:
        self._step()
        done = self._connection.execute(statement)
        self._step()
        return done


def raw(store: Store) -> list[Any]:
    """The table as it is."""
    with store.read() as connection:
        return list(connection.exec_driver_sql("SELECT attempt, kind, team, seconds FROM allowance_entries"))


def open_ledger(store: Store | Crashing, limit: float | None = LIMIT) -> AllowanceLedger:
    """A ledger with one limit, whose weeks begin on Mondays in UTC."""
    allowance = Allowance(seconds={} if limit is None else {UNIT: limit}, week_starts="monday")
    return AllowanceLedger(store=cast("Store", store), allowance=allowance, zone=UTC)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """A store that is not there yet."""
    opened = Store.open(tmp_path / "store.sqlite3")
    yield opened
    opened.close()


@pytest.fixture
def ledger(store: Store) -> AllowanceLedger:
    """An empty ledger."""
    return open_ledger(store)


def _reserve(
    ledger: AllowanceLedger, attempt: str, seconds: float = 10, team: str = "rahim", at: datetime = MONDAY
) -> Reserved | NotCovered:
    return ledger.reserve(
        attempt=attempt, team=team, task="fruit", unit=UNIT, device_class="cpu", seconds=seconds, at=at
    )


class Histories(RuleBasedStateMachine):
    """Graders that work, end, repeat themselves and are cut off between any two steps of a transaction.

    The machine knows what it was told: which attempts a grader said it ended, with what, and whose fault that was.
    """

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.store = Store.open(Path(self.folder.name) / "store.sqlite3")
        self.crashing = Crashing(self.store)
        self.ledger = open_ledger(self.crashing)
        self.clock = (MONDAY + timedelta(hours=number) for number in itertools.count())
        self.seconds: dict[str, float] = {}
        self.running: list[str] = []
        self.dead: set[str] = set()
        self.used: dict[str, float] = {}
        self.failed: set[str] = set()
        self.evaluations = 0

    def _crashes(self, after: int | None, step: Callable[[], object]) -> tuple[bool, object]:
        """Whether the process was cut off in this step, and what the step returned if not."""
        self.crashing.left = after
        try:
            return False, step()
        except CrashError:
            return True, None
        finally:
            self.crashing.left = None

    cut = st.none() | st.integers(0, 12)

    @rule(
        team=st.sampled_from(TEAMS),
        seconds=st.floats(0, 60),
        cut=cut,
        which=st.none() | st.integers(0, 30),
        repeats=st.integers(1, 2),
    )
    def begin(self, team: str, seconds: float, cut: int | None, which: int | None, repeats: int) -> None:
        """A grader takes up an evaluation: a new one, or one that a dead grader left."""
        left = sorted({evaluation_of(attempt) for attempt in self.dead})
        if which is not None and left:
            evaluation = left[which % len(left)]
        else:
            self.evaluations += 1
            evaluation = f"{team}-e{self.evaluations}"
        at = next(self.clock)
        attempt: str | None = None

        def step() -> object:
            nonlocal attempt
            attempt = self.ledger.next_attempt(evaluation, at=at)
            self.seconds[attempt] = seconds
            for _ in range(repeats):
                got = _reserve(self.ledger, attempt, seconds, evaluation.partition("-")[0], at)
            return got

        crashed, got = self._crashes(cut, step)
        if attempt is not None and crashed:
            self.dead.add(attempt)
        elif crashed:
            self.dead.add(f"{evaluation}.?")
        elif isinstance(got, Reserved):
            self.dead = {other for other in self.dead if evaluation_of(other) != evaluation}
            self.running.append(cast("str", attempt))

    @precondition(lambda self: self.running)
    @rule(which=st.integers(0, 30), share=st.floats(0, 1.5), cut=cut, repeats=st.integers(1, 3))
    def end(self, which: int, share: float, cut: int | None, repeats: int) -> None:
        """A grader charges what its attempt used, and perhaps says it twice."""
        attempt = self.running[which % len(self.running)]
        used, at = self.seconds[attempt] * share, next(self.clock)
        crashed, _ = self._crashes(cut, lambda: [self.ledger.settle(attempt, used, at=at) for _ in range(repeats)])
        self.running.remove(attempt)
        if crashed:
            self.dead.add(attempt)
        else:
            self.used[attempt] = used

    @precondition(lambda self: self.running)
    @rule(which=st.integers(0, 30), settle_first=st.booleans(), cut=cut, repeats=st.integers(1, 2))
    def fail(self, which: int, settle_first: bool, cut: int | None, repeats: int) -> None:  # noqa: FBT001
        """An attempt ends by a fault of ours or the task's, seen before or after it was charged."""
        attempt = self.running[which % len(self.running)]
        at = next(self.clock)

        def step() -> None:
            if settle_first:
                self.ledger.settle(attempt, self.seconds[attempt] / 2, at=at)
            for _ in range(repeats):
                self.ledger.refund(attempt, "task_error", at=at)

        crashed, _ = self._crashes(cut, step)
        self.running.remove(attempt)
        (self.dead if crashed else self.failed).add(attempt)

    @precondition(lambda self: self.running)
    @rule(which=st.integers(0, 30))
    def die(self, which: int) -> None:
        """A grader is killed while its attempt runs."""
        self.dead.add(self.running.pop(which % len(self.running)))

    @rule(cut=cut)
    def reconcile(self, cut: int | None) -> None:
        """Someone looks for what the dead left."""
        at = next(self.clock)
        self._crashes(cut, lambda: self.ledger.reconcile(lambda attempt: attempt in self.running, at=at))

    @precondition(lambda self: self.used)
    @rule(which=st.integers(0, 30))
    def tell_late(self, which: int) -> None:
        """A message that was sent twice arrives after everything."""
        attempt = sorted(self.used)[which % len(self.used)]
        self.ledger.settle(attempt, self.used[attempt], at=next(self.clock))

    @invariant()
    def promises(self) -> None:
        """No attempt is charged twice, no allowance is overdrawn, refunds are what our faults had been charged."""
        entries: dict[str, dict[str, float]] = {}
        teams: dict[str, str] = {}
        for attempt, kind, team, seconds in raw(self.store):
            assert kind not in entries.setdefault(attempt, {})
            entries[attempt][kind], teams[attempt] = seconds, team
        standing: Counter[str] = Counter()
        per_evaluation: Counter[str] = Counter()
        for attempt, kinds in entries.items():
            charged = kinds.get("settle", kinds["reserve"])
            assert micros(charged) <= micros(kinds["reserve"]) == micros(self.seconds[attempt])
            if "refund" in kinds:
                assert kinds["refund"] == charged
                assert attempt not in self.used
                assert attempt not in self.running
                continue
            assert attempt not in self.failed
            standing[teams[attempt]] += micros(charged)
            per_evaluation[evaluation_of(attempt)] += 1
            if attempt in self.used:
                assert micros(charged) == min(micros(self.used[attempt]), micros(self.seconds[attempt]))
        assert all(amount <= micros(LIMIT) for amount in standing.values())
        assert all(count == 1 for count in per_evaluation.values())

    def teardown(self) -> None:
        """In the end nothing is left open, and each account is the sum of what graders said that they ended."""
        at = next(self.clock)
        self.ledger.reconcile(lambda _: False, at=at)
        found = self.ledger.charges(UNIT, MONDAY)
        assert all(charge.state is not ChargeState.RESERVED for charge in found)
        assert not self.ledger.reconcile(lambda _: False, at=at)
        known = {charge.attempt: charge for charge in found}
        for attempt, used in self.used.items():
            assert known[attempt].state is ChargeState.SPENT
            assert known[attempt].micros == min(micros(used), micros(self.seconds[attempt]))
        self.store.close()
        self.folder.cleanup()


TestHistories = Histories.TestCase
TestHistories.settings = settings(max_examples=40, stateful_step_count=25, deadline=None)


def test_each_ledger_sees_what_others_wrote(store: Store, tmp_path: Path) -> None:
    """Two graders with one store share one allowance."""
    ours, theirs = open_ledger(store), open_ledger(Store.open(tmp_path / "store.sqlite3"))
    assert isinstance(_reserve(ours, "a.1", 60), Reserved)
    refused = _reserve(theirs, "b.1", 60)
    assert isinstance(refused, NotCovered)
    assert (refused.needed, refused.left, refused.renews_at) == (60, 40, MONDAY + timedelta(days=7))
    ours.settle("a.1", 30, at=LATER)
    assert isinstance(_reserve(theirs, "b.1", 60), Reserved)
    theirs.store.close()


def test_a_new_week_begins_anew(ledger: AllowanceLedger) -> None:
    """What was left does not carry over, and what was reserved before the midnight counts before it."""
    _reserve(ledger, "a.1", 40)
    monday = MONDAY + timedelta(days=7)
    assert ledger.account("rahim", UNIT, monday).left == LIMIT
    assert isinstance(_reserve(ledger, "b.1", 100, at=monday), Reserved)
    ledger.settle("a.1", 30, at=monday)
    assert ledger.account("rahim", UNIT, MONDAY).spent == 30
    assert ledger.account("rahim", UNIT, monday).spent == 0


def test_no_limit(store: Store) -> None:
    """Without an allowance everything is covered, and still written down."""
    ledger = open_ledger(store, limit=None)
    got = _reserve(ledger, "a.1", 1e6)
    assert isinstance(got, Reserved)
    assert got.left is None
    assert ledger.account("rahim", UNIT, MONDAY).reserved == 1e6


def test_attempts_are_numbered(ledger: AllowanceLedger) -> None:
    """The next attempt refunds what earlier ones left standing, even what they had settled before they were cut off."""
    assert ledger.next_attempt("a", at=LATER) == "a.1"
    _reserve(ledger, "a.1", 60)
    _reserve(ledger, "ab.1", 40)
    assert ledger.next_attempt("a", at=LATER) == "a.2"
    _reserve(ledger, "a.2", 50)
    ledger.settle("a.2", 50, at=LATER)
    assert ledger.next_attempt("a", at=LATER) == "a.3"
    account = ledger.account("rahim", UNIT, MONDAY)
    assert (account.spent, account.reserved) == (0, 40)


def test_numbers_go_past_nine(ledger: AllowanceLedger) -> None:
    """An evaluation may be tried more often than there are digits, and no other one's attempts are counted."""
    for number in range(1, 13):
        assert ledger.next_attempt("a", at=LATER) == f"a.{number}"
        _reserve(ledger, f"a.{number}", 1)
    assert ledger.next_attempt("a1", at=LATER) == "a1.1"


def test_reconcile_refunds_the_dead_alone(ledger: AllowanceLedger) -> None:
    """Those that live or came to an end keep their entries; what was refunded is said once."""
    for name in ("alive", "dead", "ended"):
        _reserve(ledger, f"{name}.1")
    ledger.settle("ended.1", 4, at=LATER)
    made = ledger.reconcile(lambda attempt: attempt == "alive.1", at=LATER)
    assert [(each.attempt, each.seconds, each.reason) for each in made] == [("dead.1", 10, "abandoned")]
    assert ledger.reconcile(lambda attempt: attempt == "alive.1", at=LATER) == []
    account = ledger.account("rahim", UNIT, MONDAY)
    assert (account.spent, account.reserved) == (4, 10)


def test_reconcile_leaves_what_ended_meanwhile(ledger: AllowanceLedger) -> None:
    """An attempt that settles after the list was read, and is gone when it is asked about, stays charged."""
    _reserve(ledger, "a.1")

    def ends(attempt: str) -> bool:
        ledger.settle(attempt, 4, at=LATER)
        return False

    assert ledger.reconcile(ends, at=LATER) == []
    assert ledger.account("rahim", UNIT, MONDAY).spent == 4


def test_charges_are_of_one_unit_and_week(ledger: AllowanceLedger) -> None:
    """The queue goes by attempts of its own unit and of this week, of every team."""
    _reserve(ledger, "a.1", team="rahim")
    _reserve(ledger, "b.1", team="karim")
    _reserve(ledger, "c.1", at=MONDAY - timedelta(seconds=1))
    _reserve(ledger, "f.1", at=MONDAY + timedelta(days=7))
    ledger.reserve(attempt="d.1", team="rahim", task="t", unit="gpu_s", device_class="g", seconds=1, at=MONDAY)
    assert [(each.team, each.seconds) for each in ledger.charges(UNIT, MONDAY)] == [("rahim", 10), ("karim", 10)]


def _told(attempt: str, seconds: float = 7) -> list[Entry]:
    return [entry(attempt, seconds=seconds), entry(attempt, EntryKind.SETTLE, seconds)]


def test_a_new_store_adopts_what_records_tell(ledger: AllowanceLedger) -> None:
    """What this store did not see is charged once; what it knows is not charged again, nor what it refunded."""
    for name in ("known", "open", "forgiven", "retried"):
        _reserve(ledger, f"{name}.1", 5)
    ledger.settle("known.1", 5, at=LATER)
    ledger.settle("forgiven.1", 5, at=LATER)
    ledger.refund("forgiven.1", "task_error", at=LATER)
    ledger.refund("retried.1", "abandoned", at=LATER)
    told = [each for name in ("known", "open", "forgiven", "retried", "new") for each in _told(f"{name}.0")]
    assert ledger.adopt(told) == 2
    assert ledger.adopt(told) == 0
    account = ledger.account("rahim", UNIT, MONDAY)
    assert (account.spent, account.reserved) == (5 + 7 + 7, 5)


@pytest.mark.parametrize("after", range(14))
def test_reserve_cut_off_anywhere(store: Store, after: int) -> None:
    """Wherever it is cut off, repeating it leaves one reservation."""
    crashing = Crashing(store)
    ledger = open_ledger(crashing)
    crashing.left = after
    with contextlib.suppress(CrashError):
        _reserve(ledger, "a.1")
    crashing.left = None
    assert isinstance(_reserve(ledger, "a.1"), Reserved)
    assert [row[:2] for row in raw(store)] == [("a.1", "reserve")]


def test_a_conflict_changes_nothing(ledger: AllowanceLedger, store: Store) -> None:
    """A step that contradicts what stands is an error, and what stands stays."""
    _reserve(ledger, "a.1")
    for wrong in (lambda: _reserve(ledger, "a.1", 11), lambda: ledger.settle("b.1", 1, at=LATER)):
        with pytest.raises(InfrastructureError):
            wrong()
    with pytest.raises(ValueError, match="not an amount"):
        ledger.settle("a.1", float("nan"), at=LATER)
    assert len(raw(store)) == 1
