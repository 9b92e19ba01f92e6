"""Boards as published files."""

import errno
import os
import re
from dataclasses import replace
from pathlib import Path

import pytest

from arena.board.publish import publish
from arena.errors import InfrastructureError
from tests.unit.board.conftest import BOARD

NAMES = ["README.md", "fruit.csv", "fruit.json", "fruit.md"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where boards are published; it is not there yet."""
    return tmp_path / "leaderboard"


def _contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_files(folder: Path) -> None:
    """Publishing writes the three forms and the index, and names what it wrote."""
    changed = publish(folder, [BOARD], {"fruit": "A note."})
    assert sorted(path.name for path in changed) == NAMES == sorted(_contents(folder))
    assert b"> A note." in _contents(folder)["fruit.md"]


def test_idempotent(folder: Path) -> None:
    """Publishing the same standings again changes no byte and touches no file."""
    publish(folder, [BOARD], {})
    before = {path: (path.read_bytes(), path.stat().st_ino) for path in folder.iterdir()}
    assert publish(folder, [BOARD], {}) == []
    assert {path: (path.read_bytes(), path.stat().st_ino) for path in folder.iterdir()} == before


def test_other_boards_stay(folder: Path) -> None:
    """Publishing one task keeps the boards of the others, and the index lists all of them."""
    publish(folder, [replace(BOARD, task="apple")], {})
    before = _contents(folder)
    publish(folder, [BOARD], {})
    after = _contents(folder)
    assert {name: after[name] for name in before if name.startswith("apple")} == {
        name: data for name, data in before.items() if name.startswith("apple")
    }
    assert b"(apple.md)" in after["README.md"]
    assert b"(fruit.md)" in after["README.md"]


def test_atomic(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the disk fails between writing and renaming, each file is as it was and no temporary one is left."""
    publish(folder, [BOARD], {})
    before = _contents(folder)

    def full(fd: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device", fd)

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        publish(folder, [replace(BOARD, rows=())], {})
    assert _contents(folder) == before


def test_picture(folder: Path) -> None:
    """The leader's confusion matrix is published beside the board, and goes when there is none any more."""
    leader, *others = BOARD.rows
    seen = replace(BOARD, labels=("0", "1"), rows=(replace(leader, confusion=((2, 1), (0, 3))), *others))
    publish(folder, [seen], {})
    picture = folder / "fruit.confusion.svg"
    assert b"2 of 3 right" in picture.read_bytes()
    assert b"](fruit.confusion.svg)" in _contents(folder)["fruit.md"]
    assert picture in publish(folder, [BOARD], {})
    assert sorted(_contents(folder)) == NAMES


def test_index_links_every_file(folder: Path) -> None:
    """The index links each file of a task that is there, pictures and the final board too, and none that is not."""
    leader, *others = BOARD.rows
    seen = replace(BOARD, labels=("0", "1"), rows=(replace(leader, confusion=((2, 1), (0, 3))), *others))
    publish(folder, [BOARD], {})
    for end in (".time.svg", ".cost.svg", ".final.json", ".final.csv", ".final.md"):
        (folder / f"fruit{end}").write_text("{}", encoding="utf-8")
    publish(folder, [seen], {})
    linked = set(re.findall(r"\]\(([^)]+)\)", (folder / "README.md").read_text(encoding="utf-8")))
    assert linked == set(_contents(folder)) - {"README.md"}
    assert len(linked) == 9


def test_broken_board(folder: Path) -> None:
    """A board that a merge broke is reported by name, not as a crash."""
    folder.mkdir()
    (folder / "apple.json").write_text("<<<<<<< HEAD\n", encoding="utf-8")
    with pytest.raises(InfrastructureError) as caught:
        publish(folder, [BOARD], {})
    assert caught.value.params["file"] == str(folder / "apple.json")
