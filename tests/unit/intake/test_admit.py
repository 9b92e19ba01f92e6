"""Whether a submission is admitted follows from the task, the team's history and the time."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arena.intake.admit import Admitted, Denied, Past, admit
from arena.model.message import Message
from arena.model.outcome import Outcome
from tests.conftest import FRUIT

DHAKA = ZoneInfo("Asia/Dhaka")
NOON = datetime(2025, 6, 1, 12, 0, tzinfo=DHAKA)
# FRUIT takes three submissions and two failed tries a day.
_outcomes = st.lists(st.sampled_from(Outcome), max_size=8)


def _past(*outcomes: Outcome, at: datetime = NOON) -> list[Past]:
    return [Past(received_at=at, outcome=outcome) for outcome in outcomes]


def _message(decision: Admitted | Denied) -> Message:
    assert isinstance(decision, Denied)
    return decision.message


def test_first() -> None:
    """A team's first submission to an open task is admitted."""
    assert admit(FRUIT, [], NOON, DHAKA) == Admitted()


@given(_outcomes)
def test_limits(outcomes: Sequence[Outcome]) -> None:
    """The day's submissions and failed tries are counted apart, and nothing else is counted."""
    used = sum(outcome.counts_against_quota for outcome in outcomes)
    failed = sum(outcome.is_failed_try for outcome in outcomes)
    decision = admit(FRUIT, _past(*outcomes), NOON, DHAKA)
    if used < 3 and failed < 2:
        assert decision == Admitted()
    else:
        assert _message(decision).id == ("denied.quota" if used >= 3 else "denied.failed_tries")


def test_quota_message() -> None:
    """A denial says the limit, and when the workspace's next day begins."""
    spent = _past(Outcome.SCORED, Outcome.CRASHED, Outcome.TIME_EXCEEDED)
    message = _message(admit(FRUIT, spent, NOON, DHAKA))
    assert message == Message.of("denied.quota", limit=3, renews="2025-06-02 00:00+06:00")


def test_failed_tries_message() -> None:
    """So does one for failed tries."""
    failed = _past(Outcome.REJECTED, Outcome.INVALID_PREDICTIONS)
    message = _message(admit(FRUIT, failed, NOON, DHAKA))
    assert message == Message.of("denied.failed_tries", limit=2, renews="2025-06-02 00:00+06:00")


def test_day_is_the_workspaces() -> None:
    """The day begins at the workspace's midnight, not at that of UTC."""
    spent = _past(*[Outcome.SCORED] * 3, at=datetime(2025, 6, 1, 17, 59, tzinfo=UTC))
    assert _message(admit(FRUIT, spent, datetime(2025, 6, 1, 17, 59, 59, tzinfo=UTC), DHAKA)).id == "denied.quota"
    assert admit(FRUIT, spent, datetime(2025, 6, 1, 18, 0, tzinfo=UTC), DHAKA) == Admitted()


def test_day_of_another_length() -> None:
    """On the day on which clocks are set back, the next day begins with the new offset."""
    berlin = ZoneInfo("Europe/Berlin")
    morning = datetime(2025, 10, 26, 1, 0, tzinfo=berlin)
    message = _message(admit(FRUIT, _past(*[Outcome.SCORED] * 3, at=morning), morning, berlin))
    assert message.params["renews"] == "2025-10-27 00:00+01:00"


def test_yesterday_does_not_count() -> None:
    """What was handed in on other days does not count, before or after."""
    for days in (-1, 1):
        assert admit(FRUIT, _past(*[Outcome.SCORED] * 3, at=NOON + timedelta(days=days)), NOON, DHAKA) == Admitted()


@pytest.mark.parametrize(
    ("now", "reason"),
    [
        (NOON - timedelta(seconds=1), "denied.not_open"),
        (NOON, None),
        (NOON + timedelta(days=1), None),
        (NOON + timedelta(days=1, seconds=1), "denied.closed"),
    ],
)
def test_window(now: datetime, reason: str | None) -> None:
    """A task takes submissions from its opening to its close, both included."""
    board = replace(FRUIT.board, opens=NOON.astimezone(UTC), closes=NOON.astimezone(UTC) + timedelta(days=1))
    decision = admit(replace(FRUIT, board=board), [], now, DHAKA)
    assert (decision.message.id if isinstance(decision, Denied) else None) == reason


def test_window_messages() -> None:
    """The message gives the moment in the workspace's time."""
    before = replace(FRUIT, board=replace(FRUIT.board, opens=datetime(2025, 6, 2, 0, 0, tzinfo=UTC)))
    after = replace(FRUIT, board=replace(FRUIT.board, closes=datetime(2025, 5, 1, 0, 0, tzinfo=UTC)))
    assert _message(admit(before, [], NOON, DHAKA)) == Message.of(
        "denied.not_open", task="fruit", opens="2025-06-02 06:00+06:00"
    )
    assert _message(admit(after, [], NOON, DHAKA)) == Message.of(
        "denied.closed", task="fruit", closes="2025-05-01 06:00+06:00"
    )


def test_total() -> None:
    """Where a task has a total, no day brings new submissions once it is used; failed tries do not use it."""
    capped = replace(FRUIT, submissions=replace(FRUIT.submissions, total=4))
    days = [NOON - timedelta(days=number) for number in range(1, 5)]
    spent = [past for day in days for past in _past(Outcome.SCORED, Outcome.REJECTED, at=day)]
    assert admit(capped, spent[2:], NOON, DHAKA) == Admitted()
    assert _message(admit(capped, spent, NOON, DHAKA)) == Message.of("denied.total", limit=4, task="fruit")


def test_late() -> None:
    """Where a task takes late submissions they are admitted until then, and no longer."""
    board = replace(FRUIT.board, closes=NOON, late_until=NOON + timedelta(days=1))
    late = replace(FRUIT, board=board)
    assert admit(late, [], NOON + timedelta(days=1), DHAKA) == Admitted()
    message = _message(admit(late, [], NOON + timedelta(days=1, seconds=1), DHAKA))
    assert message == Message.of("denied.closed", task="fruit", closes="2025-06-02 12:00+06:00")
