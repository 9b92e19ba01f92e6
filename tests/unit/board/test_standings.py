"""Standings are a pure function of records."""

import random
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arena.board.signed import signed
from arena.board.standings import Standings, current, every_board, ranked_by, standings
from arena.metrics.table import METRICS
from arena.model.outcome import Outcome
from arena.model.record import Record, grading_order
from arena.model.task import Task
from tests.conftest import FRUIT, make_signer
from tests.unit.board.conftest import DIGEST, START, make_record

TASK = replace(FRUIT, digest=DIGEST)
LAST = replace(TASK, board=replace(TASK.board, rule="last"))
ACCURACY = [METRICS["accuracy"], METRICS["f1"]]

# Few values, so that ties and repeated evaluations of one submission are common.
_one = st.builds(
    make_record,
    team=st.sampled_from(["asha", "babul", "chitra"]),
    submission=st.integers(1, 3),
    evaluation=st.integers(1, 3),
    minute=st.integers(0, 3),
    outcome=st.sampled_from([Outcome.SCORED, Outcome.SCORED, Outcome.CRASHED, Outcome.REJECTED]),
    feedback=st.fixed_dictionaries({"accuracy": st.sampled_from([0.25, 0.5, 0.75]), "f1": st.just(0.5)}),
    task_digest=st.sampled_from([DIGEST, DIGEST, DIGEST, "cd" * 32]),
)
_signed_one = st.builds(lambda record, grader: signed(record, make_signer(grader)), _one, st.sampled_from(["a", "b"]))
# One record an id, as the ledger keeps them.
_some = st.lists(_one, max_size=8, unique_by=lambda record: record.id)
_tasks = st.sampled_from([TASK, LAST])


def _order(board: Standings) -> list[str]:
    return [row.team for row in board.rows]


@given(_some, _tasks, st.randoms(use_true_random=False))
def test_order_of_arrival(records: list[Record], task: Task, chance: random.Random) -> None:
    """The order in which records are read changes nothing."""
    shuffled = list(records)
    chance.shuffle(shuffled)
    assert standings(shuffled, task, ACCURACY) == standings(records, task, ACCURACY)


@given(_some, _tasks)
def test_duplicates(records: list[Record], task: Task) -> None:
    """A record that is read twice counts once."""
    assert standings([*records, *records], task, ACCURACY) == standings(records, task, ACCURACY)


@given(st.lists(_signed_one, max_size=8), _tasks, st.randoms(use_true_random=False))
def test_graded_apart(records: list[Record], task: Task, chance: random.Random) -> None:
    """What several graders made of one evaluation counts once, and the same one, in whatever order they are read."""
    shuffled = [*records, *records]
    chance.shuffle(shuffled)
    board = standings(shuffled, task, ACCURACY)
    assert board == standings(records, task, ACCURACY)
    first: dict[str, Record] = {}
    for record in sorted(records, key=grading_order):
        first.setdefault(record.id, record)
    assert board == standings(first.values(), task, ACCURACY)


@given(_some, _tasks)
def test_superseded(records: list[Record], task: Task) -> None:
    """Records that a later evaluation supersedes change nothing: neither ranks, scores nor counts."""
    assert standings(current(records, task), task, ACCURACY) == standings(records, task, ACCURACY)


@given(_some, _tasks)
def test_other_versions(records: list[Record], task: Task) -> None:
    """Records of another version of the task change nothing."""
    of_this = [record for record in records if record.task_digest == task.digest]
    assert standings(of_this, task, ACCURACY) == standings(records, task, ACCURACY)


@given(_some, _tasks)
def test_only_scored(records: list[Record], task: Task) -> None:
    """Exactly the teams with a current scored evaluation stand on the board, each once, ranked from 1 without gaps."""
    board = standings(records, task, ACCURACY)
    scored = {record.team for record in current(records, task) if record.outcome is Outcome.SCORED}
    assert sorted(_order(board)) == sorted(scored)
    assert [row.rank for row in board.rows] == list(range(1, len(board.rows) + 1))
    assert board.teams == len(board.rows)


@given(_some, st.sampled_from(["accuracy", "log_loss"]))
def test_best_first(records: list[Record], name: str) -> None:
    """Better scores stand above worse ones in the metric's own direction, and an exact tie goes to the earlier."""
    metric = METRICS[name]
    renamed = [replace(r, feedback={name: r.feedback["accuracy"]} if r.feedback else {}) for r in records]
    rows = standings(renamed, TASK, [metric]).rows
    sign = -1 if metric.greater_is_better else 1
    keys = [(sign * row.scores[name], row.received_at) for row in rows]
    assert keys == sorted(keys)


@given(_some)
def test_best_is_best(records: list[Record]) -> None:
    """By the rule `best` no current scored evaluation of a team is better than the one that it stands by."""
    rows = {row.team: row.scores["accuracy"] for row in standings(records, TASK, ACCURACY).rows}
    for record in current(records, TASK):
        if record.outcome is Outcome.SCORED:
            assert record.feedback["accuracy"] <= rows[record.team]


@given(_some)
def test_last_is_last(records: list[Record]) -> None:
    """By the rule `last` a team stands by its scored submission that was received last."""
    rows = {row.team: row for row in standings(records, LAST, ACCURACY).rows}
    for record in current(records, LAST):
        if record.outcome is Outcome.SCORED:
            assert record.received_at <= rows[record.team].received_at


@given(_some, _tasks)
def test_counts(records: list[Record], task: Task) -> None:
    """A row counts each submission of the team once, failed ones too, however often it was evaluated."""
    for row in standings(records, task, ACCURACY).rows:
        mine = {r.submission_digest for r in records if r.team == row.team and r.task_digest == task.digest}
        assert row.submissions == len(mine)


def test_rules_differ() -> None:
    """The same two submissions stand by the better under `best`, by the later under `last`."""
    records = [
        make_record(submission=1, minute=0, feedback={"accuracy": 0.9}),
        make_record(submission=2, minute=1, feedback={"accuracy": 0.4}),
    ]
    assert standings(records, TASK, ACCURACY).rows[0].scores == {"accuracy": 0.9}
    assert standings(records, LAST, ACCURACY).rows[0].scores == {"accuracy": 0.4}


def test_tie() -> None:
    """Of two equal scores the earlier submission stands above, however late it was evaluated again."""
    early = make_record(team="zara", minute=0, evaluation=2, feedback={"accuracy": 0.5})
    early = replace(early, graded_at=early.graded_at + timedelta(days=9))
    late = make_record(team="asha", minute=1, feedback={"accuracy": 0.5})
    assert _order(standings([late, early], TASK, ACCURACY)) == ["zara", "asha"]


def test_full_precision() -> None:
    """Two scores that look alike when they are shown are still ranked apart."""
    low = make_record(team="asha", minute=0, feedback={"accuracy": 0.5})
    high = make_record(team="zara", minute=1, feedback={"accuracy": 0.5 + 1e-15})
    assert _order(standings([low, high], TASK, ACCURACY)) == ["zara", "asha"]


def test_newest_evaluation_failed() -> None:
    """A submission whose newest evaluation crashed no longer stands by the older one."""
    scored = make_record(evaluation=1)
    crashed = make_record(evaluation=2, outcome=Outcome.CRASHED)
    assert standings([scored, crashed], TASK, ACCURACY).rows == ()


@pytest.mark.parametrize("outcome", [each for each in Outcome if each is not Outcome.SCORED])
def test_never_ranked(outcome: Outcome) -> None:
    """Nothing but a scored evaluation ranks, even one that carries a score by mistake."""
    record = replace(make_record(outcome=outcome), feedback={"accuracy": 1.0})
    assert standings([record], TASK, ACCURACY).rows == ()


_two_scores = st.builds(
    make_record,
    team=st.sampled_from(["asha", "babul", "chitra"]),
    submission=st.integers(1, 3),
    minute=st.integers(0, 3),
    feedback=st.fixed_dictionaries(
        {"accuracy": st.sampled_from([0.25, 0.5, 0.75]), "rmse": st.sampled_from([1.0, 2.0, 3.0])}
    ),
)
BOTH = [METRICS["accuracy"], METRICS["rmse"]]


def test_each_metric_has_its_own_submission() -> None:
    """Under each metric a team stands by what is best under that one, in that one's own direction."""
    records = [
        make_record(team="asha", submission=1, minute=0, feedback={"accuracy": 0.9, "rmse": 3.0}),
        make_record(team="asha", submission=2, minute=1, feedback={"accuracy": 0.4, "rmse": 1.0}),
        make_record(team="babul", submission=3, minute=2, feedback={"accuracy": 0.7, "rmse": 2.0}),
        make_record(team="chitra", submission=4, minute=3, feedback={"accuracy": 0.3, "rmse": 0.5}),
    ]
    board = every_board(records, TASK, BOTH)
    assert [(row.team, row.scores["accuracy"]) for row in board.rows] == [
        ("asha", 0.9),
        ("babul", 0.7),
        ("chitra", 0.3),
    ]
    (by_rmse,) = board.others
    assert by_rmse.metrics == (METRICS["rmse"], METRICS["accuracy"])
    assert [(row.team, row.scores["rmse"]) for row in by_rmse.rows] == [("chitra", 0.5), ("asha", 1.0), ("babul", 2.0)]
    assert by_rmse.rows[1].scores["accuracy"] == 0.4


@given(st.lists(_two_scores, max_size=8, unique_by=lambda record: record.id), _tasks)
def test_every_board(records: list[Record], task: Task) -> None:
    """The board by a metric is the same whether it is asked for alone or made beside the others."""
    board = every_board(records, task, BOTH)
    assert (board.metrics, board.rows) == (tuple(BOTH), standings(records, task, BOTH).rows)
    assert board.others == (standings(records, task, ranked_by(BOTH, "rmse")),)


@given(st.lists(_two_scores, max_size=8, unique_by=lambda record: record.id))
def test_last_is_the_same_under_every_metric(records: list[Record]) -> None:
    """By the rule `last` a team stands by one and the same submission whichever metric ranks."""
    board = every_board(records, LAST, BOTH)
    stands_by = [{row.team: row.record for row in one.rows} for one in (board, *board.others)]
    assert stands_by[0] == stands_by[1]


def test_beside() -> None:
    """Which boards the page shows beside the first is what the task says."""
    task = replace(TASK, board=replace(TASK.board, by=("f1",)))
    assert every_board([], task, ACCURACY).beside == ("f1",)


def _at(team: str, accuracy: float, minute: float = 0) -> Record:
    return make_record(team=team, minute=minute, feedback={"accuracy": accuracy})


def test_baselines() -> None:
    """A baseline stands in its place and takes no rank from those who compete."""
    records = [_at("asha", 0.9), _at("baseline-mean", 0.7), _at("babul", 0.5), _at("baseliner", 0.4)]
    rows = standings(records, TASK, ACCURACY).rows
    assert [(row.team, row.rank) for row in rows] == [
        ("asha", 1),
        ("baseline-mean", None),
        ("babul", 2),
        ("baseliner", 3),
    ]
    assert [row.percentile for row in rows] == [100.0, None, 50.0, 0.0]


@pytest.mark.parametrize("score", [float("nan"), float("inf"), float("-inf")])
def test_not_finite(score: float) -> None:
    """What is no finite number never ranks, in either direction."""
    records = [replace(_at("zara", 0.5), feedback={"accuracy": score, "rmse": score}), _at("asha", 0.1)]
    assert _order(standings(records, TASK, ACCURACY)) == ["asha"]
    assert _order(standings(records, TASK, [METRICS["rmse"]])) == []


def test_late() -> None:
    """What came after the close is marked and not ranked; at the very moment of the close it is in time."""
    closing = replace(TASK, board=replace(TASK.board, closes=START + timedelta(minutes=5)))
    early, after = _at("asha", 0.5, 5), make_record(submission=2, team="asha", minute=5.001, feedback={"accuracy": 0.7})
    board = standings([early, after, _at("babul", 0.8, 6)], closing, ACCURACY)
    assert [(row.team, row.scores["accuracy"], row.rank) for row in board.rows] == [("asha", 0.5, 1)]
    assert [(row.team, row.rank) for row in board.late] == [("babul", None), ("asha", None)]


def test_points() -> None:
    """Points are the way from one named team to the other, by each board's own metric; without both there are none."""
    named = replace(TASK, board=replace(TASK.board, baseline="baseline-low", reference="baseline-high"))
    low, high = _at("baseline-low", 0.5), _at("baseline-high", 0.9)
    rows = standings([low, high, _at("asha", 0.6), _at("babul", 0.95), _at("chitra", 0.1)], named, ACCURACY).rows
    assert {row.team: row.points for row in rows} == {
        "babul": 100.0,
        "baseline-high": 100.0,
        "asha": pytest.approx(25.0),
        "baseline-low": 0.0,
        "chitra": 0.0,
    }
    assert [row.points for row in standings([low, _at("asha", 0.6)], named, ACCURACY).rows] == [None, None]
