"""What a learner is told before an attempt runs."""

from dataclasses import replace
from datetime import UTC, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arena.allowance.account import Balance
from arena.allowance.forecast import (
    Cost,
    Covered,
    Refused,
    denial,
    forecast,
    left_text,
    may_cost,
    most_text,
)
from arena.allowance.steps import NotCovered
from arena.allowance.week import week_of
from arena.model.budget import Budget
from arena.model.device import DeviceKind
from arena.model.message import Message
from arena.model.submission import Kind
from tests.conftest import FRUIT
from tests.unit.allowance.conftest import MONDAY, Book, entry

DHAKA = ZoneInfo("Asia/Dhaka")
COST = Cost(unit="cpu_slot_s", seconds=20)


def _account(limit: float | None, spent: float = 0) -> Balance:
    week = week_of(MONDAY, UTC, "monday")
    return Balance(team="rahim", unit="cpu_slot_s", week=week, limit=limit, spent=spent, reserved=0)


def _cost(kind: Kind, device: DeviceKind = DeviceKind.CPU_SLOT, **budgets: Budget) -> float:
    task = replace(FRUIT, **budgets)  # type: ignore[arg-type]
    return may_cost(kind, task, device).seconds


def test_what_runs_may_cost_its_budget() -> None:
    """Whatever runs may cost the task's whole budget; predictions cost nothing."""
    assert {kind: _cost(kind) for kind in Kind} == {
        kind: 0 if kind is Kind.PREDICTIONS else FRUIT.budget.wall_seconds for kind in Kind
    }


def test_each_kind_of_device_has_its_own_budget() -> None:
    """What a GPU may be leased for is not what a CPU slot may be; neither is more than the clock allows."""
    both = replace(FRUIT.budget, wall_seconds=100, gpu_seconds=60, cpu_slot_seconds=400)
    assert _cost(Kind.PROGRAM, DeviceKind.GPU, budget=both) == 60
    assert _cost(Kind.PROGRAM, DeviceKind.CPU_SLOT, budget=both) == 100
    assert may_cost(Kind.PROGRAM, FRUIT, DeviceKind.GPU).unit == "gpu_s"


def test_phases_with_budgets_of_their_own_add_up() -> None:
    """A model may cost what both of its phases may; a program has no phases."""
    fit, predict = replace(FRUIT.budget, wall_seconds=300), replace(FRUIT.budget, wall_seconds=7)
    assert _cost(Kind.MODEL, fit_budget=fit, predict_budget=predict) == 307
    assert _cost(Kind.MODEL, fit_budget=fit) == 300 + FRUIT.budget.wall_seconds
    assert _cost(Kind.PROGRAM, fit_budget=fit, predict_budget=predict) == FRUIT.budget.wall_seconds
    # Weights only predict.
    assert _cost(Kind.ARTIFACT, fit_budget=fit, predict_budget=predict) == 7
    assert _cost(Kind.ARTIFACT, fit_budget=fit) == FRUIT.budget.wall_seconds


def test_covered() -> None:
    """It is told what it may cost, what the team has, and until when."""
    said = forecast(COST, _account(100, spent=80), DHAKA)
    assert said == Covered(
        Message.of(
            "quota.may_cost",
            needed="20",
            left="20",
            device="CPU slot",
            unit="cpu_slot_s",
            renews="2025-06-09 06:00+06:00",
        )
    )


def test_no_limit() -> None:
    """Without an allowance it is told what it may cost."""
    said = forecast(COST, _account(None), DHAKA)
    assert isinstance(said, Covered)
    assert said.message.id == "quota.may_cost_unlimited"


def test_not_covered() -> None:
    """A microsecond too little is too little; the shown numbers say so too."""
    said = forecast(COST, _account(100, spent=80.000001), DHAKA)
    assert said == Refused(
        Message.of(
            "denied.allowance",
            needed="20",
            left="19.9",
            device="CPU slot",
            unit="cpu_slot_s",
            renews="2025-06-09 06:00+06:00",
        )
    )


def test_never_covered() -> None:
    """What is more than a whole week's allowance is not promised for the next week."""
    said = forecast(COST, _account(15), DHAKA)
    assert isinstance(said, Refused)
    assert said.message.id == "denied.allowance_never"
    assert said.message.params["limit"] == "15"


@given(st.floats(0, 100), st.floats(1, 100), st.floats(0, 100))
def test_the_forecast_is_the_ledgers_answer(before: float, limit: float, wanted: float) -> None:
    """What is promised beforehand is what a reservation at that moment gets, in the same words."""
    book = Book(limit=limit)
    book.reserve(entry("a.1", seconds=before))
    said = forecast(Cost(unit="cpu_slot_s", seconds=wanted), book.account("rahim", "cpu_slot_s", MONDAY), DHAKA)
    got = book.reserve(entry("b.1", seconds=wanted))
    if isinstance(got, NotCovered):
        assert said == Refused(denial(got, DHAKA))
    else:
        assert isinstance(said, Covered)


@pytest.mark.parametrize(("seconds", "most", "left"), [(0, "0", "0"), (20, "20", "20"), (0.3, "0.3", "0.3")])
def test_shown_seconds(seconds: float, most: str, left: str) -> None:
    """Whole numbers are shown as such."""
    assert (most_text(seconds), left_text(seconds)) == (most, left)


@given(st.floats(0, 1e6))
def test_shown_seconds_never_promise_too_much(seconds: float) -> None:
    """A cost is rounded up and what is left is rounded down, by less than a tenth."""
    assert float(left_text(seconds)) <= seconds + 1e-5
    assert float(most_text(seconds)) >= seconds - 1e-5
    assert float(most_text(seconds)) - float(left_text(seconds)) < 0.1 + 1e-9


def test_a_week_ends_in_the_workspaces_time() -> None:
    """The moment is shown as the clock on the wall shows it."""
    refused = NotCovered(unit="gpu_s", needed=2, left=1, limit=10, renews_at=MONDAY + timedelta(days=7))
    assert denial(refused, DHAKA).params["renews"] == "2025-06-09 06:00+06:00"
