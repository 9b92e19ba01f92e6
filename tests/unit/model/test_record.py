"""A record's id names one evaluation, alike on every machine."""

from dataclasses import replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from arena.model.record import grading_order, record_id
from tests.unit.board.conftest import make_record

_hex = st.text("0123456789abcdef", min_size=4, max_size=4)
_parts = st.tuples(st.sampled_from(["asha", "babul"]), _hex, _hex, st.integers(1, 3))


def _id(parts: tuple[str, str, str, int]) -> str:
    team, submission, task, evaluation = parts
    return record_id(team=team, submission_digest=submission, task_digest=task, evaluation=evaluation)


@given(_parts, _parts)
def test_distinct(one: tuple[str, str, str, int], other: tuple[str, str, str, int]) -> None:
    """Two evaluations share an id exactly when team, submission, task version and number are equal."""
    assert (_id(one) == _id(other)) == (one == other)


def test_stable() -> None:
    """The id of given parts never changes: records on disk are found by it."""
    assert _id(("asha", "ab" * 32, "cd" * 32, 1)) == "32a3fab21bdde2f58adef548337c01fa"


def test_grading_order() -> None:
    """Of two records of one evaluation the first that was graded comes first; what a grader signed decides a tie."""
    early, late = make_record(), make_record()
    late = replace(late, graded_at=late.graded_at + timedelta(microseconds=1))
    assert grading_order(early) < grading_order(late)
    assert grading_order(early) < grading_order(replace(early, signature="x"))


def test_order_of_parts() -> None:
    """Digests cannot be exchanged for each other, nor a number be drawn into its neighbour."""
    assert _id(("asha", "aa", "bb", 1)) != _id(("asha", "bb", "aa", 1))
    assert _id(("asha", "aa", "bb1", 1)) != _id(("asha", "aa", "bb", 11))
