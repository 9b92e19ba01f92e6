"""Rank and publish what the ledger holds."""

import json
from pathlib import Path

import pytest

from arena.errors import InfrastructureError, UsageError
from arena.model.task import Task
from arena.pipeline.boards import publish_boards, published, published_by, standings_of, with_private
from arena.pipeline.stages import Stages
from tests.conftest import TRUTH, Clock, Hand, predictions, records_of


@pytest.fixture
def folder(stages: Stages) -> Path:
    """Where boards are published."""
    return records_of(stages).parent


def test_standings(hand_in: Hand, task: Task, stages: Stages, clock: Clock) -> None:
    """Teams are ranked by their public score, and rank by private rows nowhere."""
    hand_in(predictions("000000" + TRUTH[6:]), "asha")
    clock.move(minutes=1)
    hand_in(predictions(TRUTH[:6] + "110100"), "babul")
    assert [row.team for row in standings_of(task, stages.ledger.records(task.id)).rows] == ["babul", "asha"]


def test_publish(hand_in: Hand, task: Task, stages: Stages, folder: Path) -> None:
    """A board is published with the note of a practice task, and what is published is what is read back."""
    hand_in()
    changed = publish_boards([task], stages, folder)
    assert {path.name for path in changed} == {
        "fruit.csv",
        "fruit.md",
        "fruit.json",
        "fruit.confusion.svg",
        "README.md",
    }
    assert "> Practice task" in (folder / "fruit.md").read_text(encoding="utf-8")
    board = published(folder, "fruit")
    assert board is not None
    assert [(row["rank"], row["team"], row["public"]) for row in board["rows"]] == [(1, "rahim", 5 / 6)]
    assert publish_boards([task], stages, folder) == []


def test_nothing_private(hand_in: Hand, task: Task, stages: Stages, folder: Path) -> None:
    """No published file holds a private score or one over all rows, however it is rounded, or names them."""
    hand_in()
    publish_boards([task], stages, folder)
    for path in (path for path in folder.rglob("*") if path.is_file()):
        text = path.read_text(encoding="utf-8")
        for secret in ("0.333", "0.583", "private", "overall"):
            assert secret not in text.lower(), (path, secret)


def test_no_records(task: Task, stages: Stages, folder: Path) -> None:
    """A task without records has no board, and asking for it is no error."""
    publish_boards([task], stages, folder)
    assert published(folder, "fruit") is None


def test_records_without_scores(hand_in: Hand, task: Task, stages: Stages, folder: Path) -> None:
    """Where nothing was scored yet the board is there and empty."""
    hand_in(b"no table")
    publish_boards([task], stages, folder)
    board = published(folder, "fruit")
    assert board is not None
    assert board["rows"] == []


def test_with_private(hand_in: Hand, task: Task, stages: Stages) -> None:
    """The instructor's board adds each row's private score and that over all rows."""
    hand_in()
    (row,) = with_private(task, stages.ledger.records(task.id), stages)["rows"]
    assert (row["public"], row["private"], row["overall"]) == (5 / 6, 2 / 6, 7 / 12)


def test_with_private_by(hand_in: Hand, task: Task, stages: Stages, clock: Clock) -> None:
    """By another metric the private score is that metric's, and the order is that of its public scores."""
    hand_in(predictions("000000" + TRUTH[6:]), "asha")
    clock.move(minutes=1)
    hand_in(predictions("111111" + TRUTH[6:]), "babul")
    board = with_private(task, stages.ledger.records(task.id), stages, "f1")
    assert (board["metric"], [row["team"] for row in board["rows"]]) == ("f1", ["babul", "asha"])
    assert [row["private"] for row in board["rows"]] == [1.0, 1.0]
    assert [row["public"] for row in board["rows"]] == [pytest.approx(8 / 10), 0.0]


def test_published_by(hand_in: Hand, task: Task, stages: Stages, folder: Path) -> None:
    """Of what is published, the board by a metric has the shape of the first board and names its metric."""
    hand_in()
    publish_boards([task], stages, folder)
    board = published(folder, "fruit")
    assert board is not None
    first, by_f1 = published_by(board, "accuracy"), published_by(board, "f1")
    assert first.keys() == by_f1.keys() == board.keys() - {"by", "beside"}
    assert first["rows"] == board["rows"]
    assert (by_f1["metric"], by_f1["rows"][0]["also"]) == ("f1", {"accuracy": 5 / 6})


def test_published_without(hand_in: Hand, task: Task, stages: Stages, folder: Path) -> None:
    """A board that was published without one by a metric says how it comes to have it."""
    hand_in()
    publish_boards([task], stages, folder)
    board = published(folder, "fruit")
    assert board is not None
    del board["by"]
    with pytest.raises(UsageError, match=r"board\.not_by"):
        published_by(board, "f1")


def test_with_private_elsewhere(hand_in: Hand, task: Task, stages: Stages) -> None:
    """Where the vault lacks a record's scores its row says that there are none."""
    record = hand_in().record
    assert record is not None
    (stages.vault.folder / "fruit" / "scores" / f"{record.id}.json").unlink()
    (row,) = with_private(task, stages.ledger.records(task.id), stages)["rows"]
    assert (row["private"], row["overall"]) == (None, None)


def test_merge_conflict(hand_in: Hand, task: Task, stages: Stages, folder: Path) -> None:
    """A published board that a merge broke is reported by name; publishing again mends it."""
    hand_in()
    publish_boards([task], stages, folder)
    whole = (folder / "fruit.json").read_bytes()
    (folder / "fruit.json").write_bytes(b"<<<<<<< HEAD\n" + whole)
    with pytest.raises(InfrastructureError) as caught:
        published(folder, "fruit")
    assert caught.value.params["file"] == str(folder / "fruit.json")
    publish_boards([task], stages, folder)
    assert json.loads(whole) == published(folder, "fruit")
