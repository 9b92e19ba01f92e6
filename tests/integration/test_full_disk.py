"""A disk that fills up at any write: nothing is torn, the message says so, and afterwards the work is completed."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from arena.board import record_file
from arena.board.comparisons_file import load as load_comparisons
from tests.integration.conftest import PROGRAMS, Arena, guess, table

_TEAMS = 3
_PAGE = 4096
# Where a small disk is, and how small: in bytes, or in the number of files that it may hold.
_DISKS = [
    *(("leaderboard", f"size={pages * _PAGE}") for pages in range(1, 12)),
    *(("leaderboard", f"size=16m,nr_inodes={count}") for count in range(1, 22, 2)),
    *((".arena", f"size=16m,nr_inodes={count}") for count in range(1, 28, 2)),
]


def _tried(arena: Arena) -> list[dict[str, Any]]:
    asked = json.dumps({"root": str(arena.root), "disks": _DISKS})
    ended = subprocess.run(
        [sys.executable, str(PROGRAMS / "small_disk.py"), asked],
        env=arena.environment(OPENBLAS_NUM_THREADS="1", OMP_NUM_THREADS="1"),
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=400,
        check=False,
    )
    if "mount" in ended.stderr or "unshare" in ended.stderr:
        pytest.skip(f"a small disk cannot be mounted here: {ended.stderr.strip().splitlines()[-1]}")
    assert ended.returncode == 0, ended.stderr
    told: list[dict[str, Any]] = json.loads(ended.stdout)
    return told


def _is_whole(files: dict[str, str]) -> None:
    for name, text in files.items():
        path = Path(name)
        if name.endswith(".tmp"):
            continue
        if path.parts[0] == "records":
            assert record_file.load(text.encode(), name).id == path.stem
        elif path.stem.endswith(".comparisons"):
            assert load_comparisons(text.encode(), name)
        elif path.suffix == ".json":
            assert json.loads(text)["rows"]
        else:
            assert text.endswith("\n")


def test_a_full_disk_tears_nothing(arena: Arena) -> None:
    """Exit code 5 and a clear sentence when space runs out; when there is space again, the work is completed."""
    for number in range(_TEAMS):
        arena.shelve(f"team-{number}", "predictions.csv", table(guess(number)))
    assert arena.say("grade").code == 0
    expected = {path.name: path.read_text(encoding="utf-8") for path in (arena.root / "leaderboard").glob("*.*")}
    tried = _tried(arena)
    assert len(tried) == len(_DISKS)
    for each in tried:
        small, large, where = each["small"], each["large"], each["disk"]
        assert small["code"] in {0, 5}, (where, small)
        assert "Traceback" not in small["err"], (where, small)
        if small["code"] == 5:
            said = small["err"] + small["out"]
            assert "No space left on device" in said or "There is no room left" in said, (where, small)
        _is_whole(each["between"])
        assert large["code"] == 0, (where, large)
        records = [name for name in each["after"] if name.startswith("records/")]
        assert len(records) == _TEAMS, where
        assert {name: each["after"][name] for name in expected} == expected, where
        assert not [name for name in each["after"] if name.endswith(".tmp")], where
    codes = [each["small"]["code"] for each in tried]
    assert codes.count(5) > 5, codes
    assert codes[-1] == 0, "even the largest disk was too small, so the test shows little"
