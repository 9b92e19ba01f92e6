"""What a finished run means."""

import signal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arena.model.outcome import Fault, Outcome
from arena.sandbox.interface import Ending, Exited, Killed, KillReason, Signalled
from arena.sandbox.verdict import Spent, verdict
from arena.text.render import render
from tests.conftest import FRUIT, finished

OUTPUT = "submission.csv"
SPENT = Spent(phases=(("fit", 1.5), ("predict", 2.5)), allowed=4, unit="cpu_slot_s")


def _verdict(
    ending: Ending = Exited(0),  # noqa: B008 - it is frozen
    fault: str | None = None,
    *,
    disk_full: bool = False,
) -> tuple[Outcome, str, str]:
    """The outcome, the message's id and its English text."""
    faults = {OUTPUT: fault} if fault else {}
    found = verdict(finished(ending=ending, faults=faults, disk_full=disk_full), FRUIT.budget, OUTPUT, SPENT)
    assert found is not None
    return found[0], found[1].id, render(found[1], "en")


def test_well() -> None:
    """A run that ended with code 0 and left its output did not fail, even where it filled its disk."""
    run = finished({OUTPUT: b"id,ripe\n"}, disk_full=True)
    assert verdict(run, FRUIT.budget, OUTPUT, SPENT) is None


@pytest.mark.parametrize(
    ("reason", "outcome", "message", "limit"),
    [
        (KillReason.WALL, Outcome.TIME_EXCEEDED, "run.time_exceeded", "after 20 seconds"),
        (KillReason.CPU, Outcome.BUDGET_EXCEEDED, "run.cpu_exceeded", "after 10 CPU seconds"),
        (KillReason.MEMORY, Outcome.MEMORY_EXCEEDED, "run.memory_exceeded", "than 512 MiB"),
        (KillReason.LOG, Outcome.OUTPUT_FLOODED, "run.output_flooded", "the 4 KiB"),
    ],
)
def test_killed(reason: KillReason, outcome: Outcome, message: str, limit: str) -> None:
    """What the grader ended has the outcome of its reason, and the message names the limit, whatever was left."""
    for disk_full in (False, True):
        found = _verdict(Killed(reason), "missing", disk_full=disk_full)
        assert found[:2] == (outcome, message)
        assert limit in found[2]


def test_all_reasons() -> None:
    """Each reason to end a job has its message and an outcome; kinds of time share one, as do kinds of memory."""
    assert len({_verdict(Killed(reason))[1] for reason in KillReason}) == len(KillReason)
    assert len({_verdict(Killed(reason))[0] for reason in KillReason}) == len(KillReason) - 2


@pytest.mark.parametrize("code", [1, 2, 126, 255])
def test_exit_code(code: int) -> None:
    """An exit code other than 0 is a crash, with the code in the message."""
    outcome, message, text = _verdict(Exited(code))
    assert (outcome, message) == (Outcome.CRASHED, "run.crashed")
    assert f"exit code {code}" in text


def test_crash_on_full_disk() -> None:
    """A crash on a full disk is the disk's: that is what there is to mend."""
    outcome, message, text = _verdict(Exited(1), disk_full=True)
    assert (outcome, message) == (Outcome.DISK_EXCEEDED, "run.disk_exceeded")
    assert "16 MiB" in text


@pytest.mark.parametrize(
    ("number", "name"), [(signal.SIGSEGV, "SIGSEGV"), (signal.SIGKILL, "SIGKILL"), (63, "signal 63")]
)
def test_signal(number: int, name: str) -> None:
    """A signal that the grader did not send is a crash, and named, also one without a name."""
    outcome, message, text = _verdict(Signalled(number))
    assert (outcome, message) == (Outcome.CRASHED, "run.signalled")
    assert name in text


@pytest.mark.parametrize(
    ("fault", "outcome", "message"),
    [
        ("missing", Outcome.NO_PREDICTIONS, "run.no_predictions"),
        ("link", Outcome.NO_PREDICTIONS, "run.output_not_a_file"),
        ("hard_link", Outcome.NO_PREDICTIONS, "run.output_not_a_file"),
        ("not_a_file", Outcome.NO_PREDICTIONS, "run.output_not_a_file"),
        ("too_large", Outcome.DISK_EXCEEDED, "run.output_too_large"),
    ],
)
def test_output(fault: str, outcome: Outcome, message: str) -> None:
    """A run that ended well without a usable output failed, and the message says what is wrong with it."""
    assert _verdict(fault=fault)[:2] == (outcome, message)


def test_missing_on_full_disk() -> None:
    """An output that is missing because the disk was full is the disk's."""
    assert _verdict(fault="missing", disk_full=True)[:2] == (Outcome.DISK_EXCEEDED, "run.disk_exceeded")


@given(
    st.one_of(
        st.builds(Exited, st.integers(0, 255)),
        st.builds(Signalled, st.integers(1, 64)),
        st.builds(Killed, st.sampled_from(KillReason)),
    ),
    st.sampled_from([None, "missing", "link", "hard_link", "not_a_file", "too_large", "something new"]),
    st.booleans(),
)
def test_never_ours(ending: Ending, fault: str | None, disk_full: bool) -> None:  # noqa: FBT001
    """No ending is the grader's or the task's fault here, and each failure has a text; none is scored."""
    run = finished(ending=ending, faults={OUTPUT: fault} if fault else {}, disk_full=disk_full)
    found = verdict(run, FRUIT.budget, OUTPUT, SPENT)
    if ending == Exited(0) and fault is None:
        assert found is None
        return
    assert found is not None
    assert found[0].fault is Fault.SUBMISSION
    assert render(found[1], "bn")
