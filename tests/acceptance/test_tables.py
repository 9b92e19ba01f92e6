"""What the built-in tasks with tables promise: no hidden row is given away, columns are explained, losses disagree."""

import csv
import itertools
import json
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from arena.catalog.tasks import LANGUAGES, load_task, statement, task_ids
from arena.metrics.table import METRICS
from arena.model.task import Task
from arena.pipeline.assemble import _hidden_rows
from arena.sandbox.data_sets import masks, row_fingerprints
from arena.sandbox.runtime import Runtime

ROOT = Path(__file__).resolve().parents[2]
PICTURE = ROOT / "tasks" / "regression-losses" / "picture"
# More columns than these no statement explains one by one.
_EXPLAINED = 100


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def _tables() -> list[Task]:
    """The tasks whose rows are described in tables, and not in files beside them."""
    found = []
    for task_id in task_ids(ROOT):
        task = load_task(ROOT, task_id, METRICS)
        if task.kind == "prediction" and len(_rows(task.public_dir / task.data.test)[0]) > 2:
            found.append(task)
    return found


TABLES = _tables()


@pytest.mark.parametrize("task", TABLES, ids=lambda task: task.id)
def test_no_hidden_row_is_in_the_training_data(task: Task) -> None:
    """No id, and no row that is equal in all features, stands in both halves: it would give its answer away."""
    halves = []
    for name in (task.data.train, task.data.test):
        rows = _rows(task.public_dir / name)
        leave_out = {task.data.id, *task.data.target}
        features = {tuple(value for column, value in row.items() if column not in leave_out) for row in rows}
        halves.append(({row[task.data.id] for row in rows}, features))
    (train_ids, train), (test_ids, test) = halves
    assert not train_ids & test_ids
    assert not train & test


@pytest.mark.parametrize("task", TABLES, ids=lambda task: task.id)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_column_is_explained(task: Task, language: str) -> None:
    """The statement names each column of the training data, in both languages."""
    columns = set(_rows(task.public_dir / task.data.train)[0])
    assert len(columns) <= _EXPLAINED
    assert columns <= set(re.findall(r"`([^`\n]+)`", statement(task, language)))


@pytest.mark.parametrize("task", TABLES, ids=lambda task: task.id)
def test_a_copy_in_an_installed_package_is_covered(task: Task, tmp_path: Path) -> None:
    """A package that holds the table from which the task was made is found; one with other rows, or a font, is not."""
    marks = row_fingerprints(_hidden_rows(task))
    copies = [path for path in (task.root / "source").glob("*.csv") if _quotes(path.read_bytes(), marks)]
    assert copies
    for copy in copies:
        (tmp_path / f"copy-of-{copy.name}").write_bytes(copy.read_bytes())
    (tmp_path / "train.csv").write_bytes((task.public_dir / task.data.train).read_bytes())
    (tmp_path / "compass.ttf").write_bytes(
        b"\0northeast\0northwest\0southeast\0southwest\0Neighborhood\0SaleCondition\0"
    )
    runtime = Runtime(python=Path(sys.executable), version="3.11", prefixes=(tmp_path,), site=(), foreign=())
    found = masks(runtime, marks, tmp_path / "cache", before_scan=lambda: None)
    assert {path.name for path in found} == {f"copy-of-{copy.name}" for copy in copies}


def _quotes(table: bytes, marks: Sequence[bytes]) -> bool:
    return sum(mark in table for mark in marks) > len(marks) / 2


def _board(by: str) -> list[str]:
    board: dict[str, Any] = json.loads((ROOT / "leaderboard" / "regression-losses.json").read_bytes())
    rows = board["rows"] if by == board["metric"] else board["by"][by]["rows"]
    return [row["team"].removeprefix("baseline-") for row in rows if row["team"].startswith("baseline-")]


def test_the_losses_disagree() -> None:
    """Seven baselines have another order under each of MSE, MAE and Huber; each wins by what it was trained with."""
    boards = {metric: _board(metric) for metric in ("mse", "mae", "huber")}
    for one, other in itertools.combinations(boards.values(), 2):
        assert set(one) == set(other) == {"mean", "median", "ols", "huber", "lad", "gb-l2", "gb-l1"}
        assert one != other
    best = {"mse": ("mean", "ols", "gb-l2"), "mae": ("median", "lad", "gb-l1"), "huber": ("median", "huber", "gb-l2")}
    families = ({"mean", "median"}, {"ols", "huber", "lad"}, {"gb-l2", "gb-l1"})
    for metric, winners in best.items():
        assert tuple(next(team for team in boards[metric] if team in family) for family in families) == winners


def _shape(svg: str) -> tuple[list[str], int]:
    """The words of a picture, and how many lines it has."""
    return re.findall(r">([^<>\n]+)</text>", svg), svg.count("<path")


def test_the_picture_can_be_made_again(tmp_path: Path) -> None:
    """The script beside the picture draws it from the public data: the same words, as many lines, if not each byte."""
    drawn = subprocess.run(
        [sys.executable, str(PICTURE / "make.py"), str(tmp_path)], capture_output=True, text=True, check=False
    )
    assert drawn.returncode == 0, drawn.stderr
    for language in LANGUAGES:
        name = f"losses.{language}.svg"
        text = (PICTURE / name).read_text(encoding="utf-8")
        assert _shape((tmp_path / name).read_text(encoding="utf-8")) == _shape(text)
        assert {"MSE", "MAE", "Huber"} <= set(_shape(text)[0])


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_picture_stands_in_the_statement(language: str) -> None:
    """Each statement shows its own picture, and says in words what is in it."""
    text = statement(load_task(ROOT, "regression-losses", METRICS), language)
    shown = re.search(r"!\[([^\]]+)\]\(picture/losses\.(\w+)\.svg\)", text)
    assert shown is not None
    assert shown.group(2) == language
    assert len(shown.group(1)) > 200
