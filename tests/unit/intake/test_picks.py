"""A team's picks come back, and nothing that a team writes there breaks the close."""

import json
import os
from pathlib import Path

import pytest

from arena.intake.picks import FILE, read_picks, write_picks
from arena.intake.shelf import entries


def test_round_trip(tmp_path: Path) -> None:
    """What was picked last is read back, of each team, and is no submission."""
    write_picks(tmp_path, task="fruit", team="rahim", digests=["ab"])
    write_picks(tmp_path, task="fruit", team="rahim", digests=["cd", "ef"])
    write_picks(tmp_path, task="fruit", team="asha", digests=["01"])
    write_picks(tmp_path, task="other", team="asha", digests=["02"])
    assert read_picks(tmp_path, "fruit") == {"asha": ("01",), "rahim": ("cd", "ef")}
    assert list(entries(tmp_path)) == []


def test_none(tmp_path: Path) -> None:
    """Without a shelf, and without picks, nobody has picked."""
    assert read_picks(tmp_path, "fruit") == {}
    write_picks(tmp_path, task="fruit", team="rahim", digests=[])
    assert read_picks(tmp_path, "fruit") == {}


@pytest.mark.parametrize(
    "content",
    [b"", b"\xff\xfe", b"[1]", b"{}", b'{"submissions": "ab"}', b'{"submissions": [1, null]}', b"[" * 100_000],
)
def test_hostile(tmp_path: Path, content: bytes) -> None:
    """A file that is none of ours picks nothing."""
    path = write_picks(tmp_path, task="fruit", team="rahim", digests=["ab"])
    path.write_bytes(content)
    assert read_picks(tmp_path, "fruit") == {}


def test_links(tmp_path: Path) -> None:
    """A link leads nowhere, whether it is the file or the folder; a pipe is not waited for."""
    secret = tmp_path / "secret.json"
    secret.write_text(json.dumps({"submissions": ["ab"]}), encoding="ascii")
    (tmp_path / "fruit" / "asha").mkdir(parents=True)
    (tmp_path / "fruit" / "asha" / FILE).symlink_to(secret)
    write_picks(tmp_path, task="elsewhere", team="babul", digests=["ab"])
    (tmp_path / "fruit" / "babul").symlink_to(tmp_path / "elsewhere" / "babul")
    (tmp_path / "fruit" / "chitra").mkdir()
    os.mkfifo(tmp_path / "fruit" / "chitra" / FILE)
    assert read_picks(tmp_path, "fruit") == {}
