"""Standings as text."""

import csv
import io
import json
import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arena.board import record_file, render
from arena.board.standings import Row, Standings, ranked_by
from arena.errors import InfrastructureError, UsageError
from arena.metrics.table import METRICS
from arena.model.submission import Kind
from arena.model.team import parse_team
from tests.unit.board.conftest import BOARD, make_record


def test_csv() -> None:
    """The CSV file holds every score at full precision, and an empty cell where there is none."""
    assert render.csv_text(BOARD) == (
        "rank,team,accuracy,f1,kind,submissions\n"
        "1,zara,0.6666666666666666,0.5,model,3\n"
        "2,asha,0.25,,predictions,1\n"
    )  # fmt: skip


_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@given(
    st.floats(allow_nan=False, allow_infinity=False),
    st.sampled_from([*Kind, None]),
    st.one_of(st.none(), st.floats(0, 100)),
)
def test_csv_has_no_formulas(score: float, kind: Kind | None, points: float | None) -> None:
    """No cell of text begins as a formula does in a spreadsheet; what begins with a minus is a number."""
    row = replace(BOARD.rows[0], scores={"accuracy": score}, kind=kind.value if kind else "", points=points, team="a-1")
    for line in csv.reader(io.StringIO(render.csv_text(replace(BOARD, rows=(row,))))):
        for cell in line:
            assert not cell.startswith(_FORMULA) or math.isfinite(float(cell))


@pytest.mark.parametrize("begin", _FORMULA)
def test_no_team_is_a_formula(begin: str) -> None:
    """Neither a person nor a record that was written by hand can bring a team whose name begins as a formula does."""
    with pytest.raises(UsageError):
        parse_team(f"{begin}cmd")
    data = record_file.dump(make_record(team="cmd")).replace(b'"cmd"', json.dumps(f"{begin}cmd").encode())
    with pytest.raises(InfrastructureError):
        record_file.load(data, "x.json")


def test_csv_exact() -> None:
    """A score that is read back from the CSV file is the score, bit for bit."""
    rows = list(csv.DictReader(io.StringIO(render.csv_text(BOARD))))
    assert float(rows[0]["accuracy"]) == BOARD.rows[0].scores["accuracy"]


def test_json() -> None:
    """The JSON file has the shape that scripts rely on, without times and ids of records."""
    assert json.loads(render.json_text(BOARD)) == {
        "task": "fruit",
        "title": "Fruit | ripe?",
        "metric": "accuracy",
        "direction": "maximize",
        "split": "public",
        "practice": True,
        "closed": False,
        "rows": [
            {
                "rank": 1,
                "team": "zara",
                "public": 2 / 3,
                "also": {"f1": 0.5},
                "kind": "model",
                "submissions": 3,
            },
            {"rank": 2, "team": "asha", "public": 0.25, "also": {}, "kind": "predictions", "submissions": 1},
        ],
    }


def test_markdown() -> None:
    """The page shows five decimals, says what a practice task is, and keeps a bar from ending a cell."""
    assert render.markdown_text(BOARD, "Practice only.") == (
        "# Fruit | ripe?\n"
        "\n"
        "> Practice only.\n"
        "\n"
        "Public rows only. Ranked by Accuracy; greater is better.\n"
        "\n"
        "| Rank | Team | Accuracy | F1 | Kind | Submissions |\n"
        "| --- | --- | --- | --- | --- | --- |\n"
        "| 1 | zara | 0.66667 | 0.50000 | model | 3 |\n"
        "| 2 | asha | 0.25000 |  | predictions | 1 |\n"
    )


def _ranked_by(name: str, *teams: str, score: float) -> Standings:
    first = BOARD.rows[0]
    metrics = ranked_by([METRICS["rmse"], METRICS["mae"], METRICS["f1"]], name)
    rows = tuple(replace(first, rank=rank, team=team, scores={name: score}) for rank, team in enumerate(teams, start=1))
    return replace(BOARD, metrics=metrics, rows=rows)


SIDE_BY_SIDE = replace(
    _ranked_by("rmse", "zara", "asha", score=1234.5678),
    others=(_ranked_by("mae", "asha", "zara", score=0.5), _ranked_by("f1", "asha", score=0.25)),
    beside=("mae",),
)


def test_markdown_beside() -> None:
    """The page shows places and boards of the metrics that stand beside, and of no others."""
    text = render.markdown_text(SIDE_BY_SIDE, None)
    assert text == (
        "# Fruit | ripe?\n"
        "\n"
        "Public rows only. Ranked by RMSE; less is better.\n"
        "\n"
        "| Rank | Team | RMSE | MAE | F1 | Kind | Submissions |\n"
        "| --- | --- | --- | --- | --- | --- | --- |\n"
        "| 1 | zara | 1234.57 |  |  | model | 3 |\n"
        "| 2 | asha | 1234.57 |  |  | model | 3 |\n"
        "\n"
        "## Places side by side\n"
        "\n"
        "Where each team stands under each metric, baselines counted.\n"
        "\n"
        "| Team | RMSE | MAE |\n"
        "| --- | --- | --- |\n"
        "| zara | 1 | 2 |\n"
        "| asha | 2 | 1 |\n"
        "\n"
        "## By MAE\n"
        "\n"
        "Ranked by MAE; less is better.\n"
        "\n"
        "| Rank | Team | MAE | RMSE | F1 | Kind | Submissions |\n"
        "| --- | --- | --- | --- | --- | --- | --- |\n"
        "| 1 | asha | 0.50000 |  |  | model | 3 |\n"
        "| 2 | zara | 0.50000 |  |  | model | 3 |\n"
    )


def test_json_by() -> None:
    """The JSON file holds a board by each other metric, with that metric's direction, and which stand beside."""
    data = json.loads(render.json_text(SIDE_BY_SIDE))
    assert {name: board["direction"] for name, board in data["by"].items()} == {"mae": "minimize", "f1": "maximize"}
    assert [(row["rank"], row["team"], row["public"]) for row in data["by"]["mae"]["rows"]] == [
        (1, "asha", 0.5),
        (2, "zara", 0.5),
    ]
    assert data["beside"] == ["mae"]
    assert (data["metric"], [row["team"] for row in data["rows"]]) == ("rmse", ["zara", "asha"])


def test_csv_by() -> None:
    """The CSV file is the ranking board alone, whatever stands beside it."""
    assert render.csv_text(SIDE_BY_SIDE) == render.csv_text(replace(SIDE_BY_SIDE, others=(), beside=()))


def test_markdown_direction() -> None:
    """A metric of which less is better says so, and a sealed task has no practice note."""
    board = replace(BOARD, sealed=True, metrics=(METRICS["rmse"],), rows=())
    assert "Ranked by RMSE; less is better." in render.markdown_text(board, None)
    assert render.practice_note(board) is None
    assert ">" not in render.markdown_text(board, None)
    assert render.to_json(board)["practice"] is False
    assert render.to_json(board)["direction"] == "minimize"


def test_practice_note() -> None:
    """A practice task's board says that it counts for nothing."""
    note = render.practice_note(BOARD)
    assert note is not None
    assert note.id == "board.practice"


def test_index() -> None:
    """The index has a line for each board, its bars escaped, with the leader where there is one, and what is there."""
    empty = {**render.to_json(BOARD), "task": "none", "title": "None", "rows": []}
    files = {f"{task}.{form}" for task in ("fruit", "none") for form in ("md", "csv", "json")}
    assert render.index_text([render.to_json(BOARD), empty], files) == (
        "# Leaderboards\n"
        "\n"
        "| Task | Metric | Leader | Public score | Teams | Files |\n"
        "| --- | --- | --- | --- | --- | --- |\n"
        "| [Fruit \\| ripe?](fruit.md) | accuracy | zara | 0.66667 | 2 | [csv](fruit.csv), [json](fruit.json) |\n"
        "| [None](none.md) | accuracy |  |  | 0 | [csv](none.csv), [json](none.json) |\n"
    )


def _baseline(*, points: float | None = None) -> Row:
    return replace(BOARD.rows[0], rank=None, team="baseline-mean", points=points)


def test_baselines() -> None:
    """A baseline stands in its place without a rank: a stroke for people, an empty cell and null for scripts."""
    board = replace(BOARD, rows=(_baseline(), *BOARD.rows))
    assert "| - | baseline-mean | 0.66667 |" in render.markdown_text(board, None)
    assert render.csv_text(board).splitlines()[1].startswith(",baseline-mean,")
    assert [row["rank"] for row in render.to_json(board)["rows"]] == [None, 1, 2]


def test_index_counts_teams() -> None:
    """The index counts who competes and names their leader; where nobody does yet, the best baseline."""
    alone = replace(BOARD, rows=(_baseline(),))
    together = replace(BOARD, rows=(_baseline(), *BOARD.rows))
    lines = render.index_text([render.to_json(alone), render.to_json(together)], ()).splitlines()
    assert [line.split(" | ")[2:5] for line in lines[4:]] == [
        ["baseline-mean", "0.66667", "0"],
        ["zara", "0.66667", "2"],
    ]


def test_points() -> None:
    """Points stand in all three files where the task gives any, and nowhere else."""
    rows = (replace(BOARD.rows[0], points=66.6666, percentile=100.0), BOARD.rows[1])
    board = replace(BOARD, rows=rows)
    assert "| 1 | zara | 0.66667 | 0.50000 | model | 3 | 66.7 |" in render.markdown_text(board, None)
    assert render.csv_text(board).splitlines()[:2][1].endswith(",3,66.6666")
    first, second = render.to_json(board)["rows"]
    assert (first["points"], first["percentile"]) == (66.6666, 100.0)
    assert not {"points", "percentile"} & set(second)


def test_late() -> None:
    """What came late is shown apart, and is not in the CSV file."""
    board = replace(BOARD, rows=BOARD.rows[:1], late=(replace(BOARD.rows[1], rank=None),))
    assert "\n## Late\n" in render.markdown_text(board, None)
    assert "asha" not in render.csv_text(board)
    assert [row["team"] for row in render.to_json(board)["late"]] == ["asha"]
