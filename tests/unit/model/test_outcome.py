"""Whose fault an outcome is decides its exit code, its quota and whether it is tried again."""

import pytest

from arena.model.outcome import Fault, Outcome

# Design, section 6: outcome -> fault, exit code, final, counts against the quota, is a failed try.
_TABLE = {
    "scored": ("none", 0, True, True, False),
    "rejected": ("submission", 3, True, False, True),
    "invalid_predictions": ("submission", 3, True, False, True),
    "crashed": ("submission", 3, True, True, False),
    "time_exceeded": ("submission", 3, True, True, False),
    "budget_exceeded": ("submission", 3, True, True, False),
    "memory_exceeded": ("submission", 3, True, True, False),
    "disk_exceeded": ("submission", 3, True, True, False),
    "output_flooded": ("submission", 3, True, True, False),
    "no_predictions": ("submission", 3, True, True, False),
    "denied": ("submission", 6, False, False, False),
    "task_error": ("task", 4, False, False, False),
    "infrastructure_error": ("ours", 5, False, False, False),
    "cancelled": ("ours", 5, False, False, False),
}


def test_closed() -> None:
    """The enum holds exactly the outcomes of the design, so that a new one must be placed in this table."""
    assert {outcome.value for outcome in Outcome} == set(_TABLE)


@pytest.mark.parametrize("outcome", Outcome, ids=lambda outcome: outcome.value)
def test_consequences(outcome: Outcome) -> None:
    """Every outcome has the fault, exit code, finality and quota that the design gives it."""
    assert (
        outcome.fault.value,
        outcome.exit_code,
        outcome.is_final,
        outcome.counts_against_quota,
        outcome.is_failed_try,
    ) == _TABLE[outcome.value]


@pytest.mark.parametrize("fault", [Fault.TASK, Fault.OURS])
def test_not_the_learners_fault(fault: Fault) -> None:
    """What the task or the grader broke uses up nothing of a learner's day."""
    mine = [outcome for outcome in Outcome if outcome.fault is fault]
    assert mine
    assert not any(outcome.counts_against_quota or outcome.is_failed_try for outcome in mine)
