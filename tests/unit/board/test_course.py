"""How teams came to where they stand."""

from dataclasses import replace
from datetime import timedelta
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from arena.board.course import courses
from arena.board.standings import standings
from arena.metrics.table import METRICS
from arena.model.outcome import Outcome
from arena.model.record import Record
from arena.model.task import Task
from tests.conftest import FRUIT
from tests.unit.board.conftest import START, make_record

ACCURACY = (METRICS["accuracy"],)
LAST = replace(FRUIT, board=replace(FRUIT.board, rule="last"))

RECORDS = st.lists(
    st.builds(
        make_record,
        team=st.sampled_from(["asha", "babul", "baseline-mean"]),
        submission=st.integers(1, 4),
        evaluation=st.integers(1, 2),
        minute=st.integers(0, 30),
        feedback=st.builds(lambda score: {"accuracy": score / 4}, st.integers(0, 4)),
        outcome=st.sampled_from([Outcome.SCORED, Outcome.TIME_EXCEEDED]),
    ),
    max_size=12,
    unique_by=lambda record: record.id,
)


def _of(*scores: float) -> list[Record]:
    return [
        make_record(submission=number, minute=number, feedback={"accuracy": score})
        for number, score in enumerate(scores, start=1)
    ]


def test_best_so_far() -> None:
    """By the rule `best` a line rises only, at the times at which something better was received."""
    (course,) = courses(_of(0.5, 0.25, 0.5, 0.75), FRUIT, ACCURACY)
    assert course.steps == ((START + timedelta(minutes=1), 0.5), (START + timedelta(minutes=4), 0.75))


def test_less_is_better() -> None:
    """Where less is better a line falls only."""
    records = [replace(record, feedback={"rmse": record.feedback["accuracy"]}) for record in _of(0.5, 0.75, 0.25)]
    (course,) = courses(records, FRUIT, (METRICS["rmse"],))
    assert [score for _, score in course.steps] == [0.5, 0.25]


def test_last() -> None:
    """By the rule `last` a line goes where the last submission is."""
    (course,) = courses(_of(0.5, 0.25, 0.25, 0.75), LAST, ACCURACY)
    assert [score for _, score in course.steps] == [0.5, 0.25, 0.75]


def test_late_is_no_step() -> None:
    """What came after the close moves no line, as it moves no rank."""
    closed = replace(FRUIT, board=replace(FRUIT.board, closes=START + timedelta(minutes=1)))
    (course,) = courses(_of(0.5, 0.75), closed, ACCURACY)
    assert course.score == 0.5


@given(RECORDS, st.randoms(), st.sampled_from([FRUIT, LAST]))
def test_ends_at_the_board(records: list[Record], random: Random, task: Task) -> None:
    """Every line ends at its team's score on the board, and in whatever order records arrive the lines are the same."""
    found = courses(records, task, ACCURACY)
    rows = standings(records, task, ACCURACY).rows
    assert [(one.team, one.rank, one.score) for one in found] == [(r.team, r.rank, r.scores["accuracy"]) for r in rows]
    shuffled = [*records]
    random.shuffle(shuffled)
    assert courses(shuffled, task, ACCURACY) == found
