"""Columns are made once, kept for their owner alone, and made anew whenever they cannot be trusted."""

import stat
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from arena.vault.columns import Columns, cached

COLUMNS = {"values": np.array([0.5, -1.0, 1e150]), "codes": np.array([0, 1, 1], dtype=np.int8), "is_public": [True] * 3}
MADE: Columns = {name: np.array(column) for name, column in COLUMNS.items()}


class Maker:
    """Makes columns and counts how often it had to."""

    def __init__(self) -> None:
        self.times = 0

    def __call__(self) -> Columns:
        """Make them."""
        self.times += 1
        return MADE


@pytest.fixture
def make() -> Maker:
    """A maker that has made nothing yet."""
    return Maker()


def _same(found: Columns) -> bool:
    return found.keys() == MADE.keys() and all(
        found[name].dtype == MADE[name].dtype and found[name].tolist() == MADE[name].tolist() for name in MADE
    )


def test_once(tmp_path: Path, make: Maker) -> None:
    """They are made once, and come back bit for bit, of the same types; nobody can change those that are kept."""
    path = tmp_path / "columns.arrow"
    for _ in range(3):
        found = cached(path, "key", make)
        assert _same(found)
        assert not any(column.flags.writeable for column in found.values())
    assert make.times == 1


def test_mode(tmp_path: Path, make: Maker) -> None:
    """The file is for its owner alone, like all of the vault."""
    cached(tmp_path / "columns.arrow", "key", make)
    assert stat.S_IMODE((tmp_path / "columns.arrow").stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["columns.arrow"]


def test_of_other_content(tmp_path: Path, make: Maker) -> None:
    """What was made of other content is not used, and replaced."""
    path = tmp_path / "columns.arrow"
    cached(path, "key", make)
    assert _same(cached(path, "other key", make))
    assert _same(cached(path, "other key", make))
    assert make.times == 2


def _flip(at: float) -> Callable[[bytes], bytes]:
    def damaged(data: bytes) -> bytes:
        place = int(at * (len(data) - 1))
        return data[:place] + bytes([data[place] ^ 0x55]) + data[place + 1 :]

    return damaged


@pytest.mark.parametrize(
    "damage",
    [
        lambda _: b"",
        lambda _: b"ARROW1",
        lambda data: data[: len(data) // 2],
        lambda data: data[:-1],
        lambda data: data.replace(np.array([0.5]).tobytes(), np.array([0.25]).tobytes()),
        *map(_flip, np.linspace(0, 1, 41)),
    ],
)
def test_damaged(tmp_path: Path, make: Maker, damage: Callable[[bytes], bytes]) -> None:
    """A damaged file gives the right columns all the same: as they are if its columns are whole, else made anew."""
    path = tmp_path / "columns.arrow"
    cached(path, "key", make)
    path.write_bytes(damage(path.read_bytes()))
    assert _same(cached(path, "key", make))
    assert _same(cached(path, "key", make))
    assert make.times <= 2


def test_no_place(tmp_path: Path, make: Maker) -> None:
    """Where they cannot be kept they are made each time: a full disk is no reason not to score."""
    path = tmp_path / "file" / "columns.arrow"
    (tmp_path / "file").write_bytes(b"")
    assert _same(cached(path, "key", make))
    assert _same(cached(path, "key", make))
    assert make.times == 2
