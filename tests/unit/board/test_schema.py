"""The JSON Schema of published boards."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from arena.board import render
from arena.board.compared import Compared
from arena.board.standings import every_board, ranked_by
from arena.metrics.table import METRICS
from tests.conftest import FRUIT
from tests.unit.board.conftest import BOARD, make_record
from tools.board_schema import TARGET, board, schema_text

_PUBLISHED = Path(__file__).resolve().parents[3] / "leaderboard"
_BOARDS = sorted(path for path in _PUBLISHED.glob("*.json") if not path.name.endswith(".final.json"))


def test_it_is_up_to_date() -> None:
    """The schema that is kept follows from the models; if not: python tools/board_schema.py."""
    assert TARGET.read_text(encoding="utf-8") == schema_text()
    assert json.loads(schema_text())["$schema"] == "https://json-schema.org/draft/2020-12/schema"


@pytest.mark.parametrize("path", _BOARDS, ids=lambda path: path.stem)
def test_tracked_boards(path: Path) -> None:
    """Every board of this repository is one by the schema, which leaves none of its fields out."""
    read = board(path.read_bytes())
    assert read.model_dump(exclude_unset=True) == json.loads(path.read_bytes())


def test_there_are_tracked_boards() -> None:
    """They are looked for where they are."""
    assert {"titanic", "digits", "linear-algebra"} <= {path.stem for path in _BOARDS}


def test_fresh_board() -> None:
    """A board with all that one may have is one: baselines, points, late ones, other metrics, intervals."""
    records = [
        make_record(team=team, submission=number, feedback={"accuracy": score, "f1": score / 2})
        for number, (team, score) in enumerate([("baseline-low", 0.2), ("asha", 0.5), ("baseline-top", 0.9)], start=1)
    ]
    rules = replace(FRUIT.board, baseline="baseline-low", reference="baseline-top", by=("f1",))
    metrics = (METRICS["accuracy"], METRICS["f1"])
    full = every_board(records, replace(FRUIT, board=rules), metrics)
    full = replace(full, late=(replace(full.rows[0], rank=None, percentile=None, points=None),), closed=True)
    data = render.to_json(full)
    assert {"late", "by", "beside"} <= set(data)
    assert {"percentile", "points"} <= set(data["rows"][1])
    assert board(render.json_text(full).encode()).model_dump(exclude_unset=True) == data
    found = Compared(record="ab" * 16, rank_low=1, rank_high=2, gap_low=0.0, gap_high=0.25)
    rows = tuple(
        replace(row, compared=one)
        for row, one in zip(BOARD.rows, (found, replace(found, gap_low=None, gap_high=None)), strict=True)
    )
    sure = replace(BOARD, rows=rows, compared_rows=40)
    assert render.to_json(sure)["rows"][1]["gap"] is None
    assert board(render.json_text(sure).encode()).model_dump(exclude_unset=True) == render.to_json(sure)
    by_f1 = replace(BOARD, metrics=ranked_by(BOARD.metrics, "f1"), rows=BOARD.rows[:1])
    assert board(render.json_text(by_f1).encode()).metric == "f1"
    assert board(render.json_text(replace(BOARD, rows=())).encode()).rows == []


def _without_team(data: dict[str, Any]) -> None:
    del data["rows"][0]["team"]


@pytest.mark.parametrize(
    "change",
    [
        _without_team,
        lambda data: data.pop("metric"),
        lambda data: data.update(private=0.5),
        lambda data: data.update(closed="no"),
        lambda data: data.update(direction="up"),
        lambda data: data["rows"][0].update(private=0.5),
        lambda data: data["rows"][0].update(public="0.5"),
        lambda data: data["rows"][0].update(public=float("nan")),
        lambda data: data["rows"][0].update(rank=0),
        lambda data: data["rows"][0].update(team="=cmd"),
    ],
)
def test_what_is_no_board(change: Any) -> None:
    """What lacks a field, has one too many, such as a private score, or holds something else in one is none."""
    data = render.to_json(BOARD)
    change(data)
    with pytest.raises(ValueError, match="validation error"):
        board(json.dumps(data).encode())
