"""A board that is kept up is the board of all records."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arena.board import render
from arena.board.live import LiveBoard, team_rows
from arena.board.row_texts import RowTexts
from arena.board.standings import Standings, every_board
from arena.metrics.table import METRICS
from arena.model.outcome import Outcome
from arena.model.record import Record
from tests.unit.board.conftest import DIGEST, START, make_record
from tests.unit.board.test_standings import LAST, TASK

BOTH = [METRICS["accuracy"], METRICS["rmse"]]
CLOSING = replace(TASK, board=replace(TASK.board, closes=START + timedelta(minutes=2), by=("rmse",)))
POINTS = replace(TASK, board=replace(TASK.board, baseline="baseline-a", reference="reference"))

_record = st.builds(
    make_record,
    team=st.sampled_from(["asha", "babul", "baseline-a", "reference"]),
    submission=st.integers(1, 3),
    evaluation=st.integers(1, 2),
    minute=st.integers(0, 4),
    outcome=st.sampled_from([Outcome.SCORED, Outcome.SCORED, Outcome.CRASHED]),
    feedback=st.fixed_dictionaries(
        {"accuracy": st.sampled_from([0.25, 0.5, 0.75])}, optional={"rmse": st.sampled_from([1.0, 2.0])}
    ),
    task_digest=st.sampled_from([DIGEST, DIGEST, "cd" * 32]),
)
_records = st.lists(_record, max_size=12, unique_by=lambda record: record.id)
_tasks = st.sampled_from([TASK, LAST, CLOSING, POINTS])


def _all_texts(board: Standings, texts: RowTexts | None = None) -> list[str]:
    return [render.csv_text(board, texts), render.markdown_text(board, None, texts), render.json_text(board, texts)]


@given(_records, _tasks)
def test_the_same_board(records: list[Record], task: object) -> None:
    """After each record that comes, in any order, the board and its files are those that all records make at once."""
    assert isinstance(task, type(TASK))
    live, texts = LiveBoard(task, BOTH), RowTexts()
    for number, record in enumerate(records, start=1):
        mine = [each for each in records[:number] if each.team == record.team]
        live.put(record.team, team_rows(mine, task, BOTH))
        board = every_board(records[:number], task, BOTH)
        assert live.board() == board
        assert _all_texts(live.board(), texts) == _all_texts(board)


@given(_records, _tasks)
def test_json(records: list[Record], task: object) -> None:
    """The JSON file, which is put together row by row, is what the encoder makes of the whole."""
    assert isinstance(task, type(TASK))
    board = every_board(records, task, BOTH)
    assert render.json_text(board) == json.dumps(render.to_json(board), indent=1, ensure_ascii=False) + "\n"


@given(_records)
def test_summary(records: list[Record]) -> None:
    """The index tells the same of a board that was made now and of one that is read back."""
    board = every_board(records, TASK, BOTH)
    assert render.index_text([render.summary(board)], ()) == render.index_text([render.to_json(board)], ())


def test_unchanged_rows() -> None:
    """Who stands where it stood is not placed or rendered again; who is overtaken is."""
    live = LiveBoard(TASK, BOTH[:1])
    teams = {f"team-{n}": make_record(team=f"team-{n}", minute=n, feedback={"accuracy": n / 10}) for n in range(10)}
    for team, record in teams.items():
        live.put(team, team_rows([record], TASK, BOTH[:1]))
    before = {row.team: row for row in live.board().rows}
    better = make_record(team="team-4", submission=2, minute=20, feedback={"accuracy": 0.65})
    live.put("team-4", team_rows([teams["team-4"], better], TASK, BOTH[:1]))
    after = {row.team: row for row in live.board().rows}
    assert {team for team in teams if after[team] is not before[team]} == {"team-4", "team-5", "team-6"}
    rendered: list[str] = []
    texts = RowTexts()
    for board in (before, after, after):
        texts.of(("x",), list(board.values()), lambda row: rendered.append(row.team) or row.team)  # type: ignore[func-returns-value]
    assert len(rendered) == 10 + 3


@pytest.mark.parametrize("way", [("x",), ("y", 1)])
def test_ways(way: tuple[object, ...]) -> None:
    """What was rendered in one way is not taken for another way's."""
    texts, rows = RowTexts(), list(every_board([make_record()], TASK, BOTH[:1]).rows)
    assert texts.of(("z",), rows, lambda _: "one") == ["one"]
    assert texts.of(way, rows, lambda _: "other") == ["other"]
