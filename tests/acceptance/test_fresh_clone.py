"""The README's main command on a fresh clone: baselines are executed, their boards are those that are tracked.

Of one task: `.ci/run` does it with all of them.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from arena.errors import ArenaError
from arena.sandbox.bwrap import find_bwrap

ROOT = Path(__file__).resolve().parents[2]
VENV = Path(sys.prefix)


def _run(arguments: list[str], clone: Path, home: Path) -> subprocess.CompletedProcess[str]:
    env = {
        "PATH": f"{VENV / 'bin'}:{os.environ['PATH']}",
        "HOME": str(home),
        "ARENA_VAULT": str(home / "vault"),
        "LANG": "C.UTF-8",
    }
    return subprocess.run(arguments, cwd=clone, env=env, capture_output=True, text=True, check=False, timeout=600)


def _clone(tmp_path: Path) -> tuple[Path, Path]:
    clone, home = tmp_path / "clone", tmp_path / "home"
    home.mkdir()
    subprocess.run(["git", "clone", "--quiet", "--no-local", str(ROOT), str(clone)], check=True)
    return clone, home


def _tracked_teams() -> list[str]:
    board = json.loads((ROOT / "leaderboard" / "titanic.json").read_bytes())
    return [row["team"] for row in board["rows"]]


@pytest.mark.sandbox
def test_make_grade_executes_the_baselines_and_gives_the_tracked_boards(tmp_path: Path) -> None:
    """A fresh clone's `make grade` runs a task's baselines and ends with its board; a second one has nothing to do."""
    try:
        find_bwrap()
    except ArenaError as error:
        pytest.skip(f"no sandbox on this machine: {error}")
    clone, home = _clone(tmp_path)
    # The environment is the one that runs this test: making another is what CI does.
    make = ["make", "--old-file", str(VENV / ".installed"), f"VENV={VENV}", "grade", "TASKS=titanic"]
    first = _run(make, clone, home)
    assert first.returncode == 0, first.stdout + first.stderr
    records = [json.loads(path.read_bytes()) for path in clone.glob("leaderboard/records/titanic/*/*.json")]
    assert len(records) >= 7
    assert {record["outcome"] for record in records} == {"scored"}
    assert sum(record["usage"]["wall_s"] > 0 for record in records) >= 6
    assert [line.split()[1] for line in first.stdout.splitlines()[-len(_tracked_teams()) :]] == _tracked_teams()
    assert _run(["git", "status", "--porcelain"], clone, home).stdout == ""

    second = _run(make, clone, home)
    assert second.returncode == 0
    assert "0 graded" in second.stdout

    private = _run([sys.executable, "-m", "arena", "leaderboard", "titanic", "--private", "--json"], clone, home)
    rows = {row["team"]: row for row in json.loads(private.stdout)["rows"]}
    assert rows["baseline-women-survive"]["overall"] == pytest.approx(320 / 418, abs=1e-12)


def test_the_tracked_boards_hold_no_private_score() -> None:
    """Nothing under leaderboard/ but public scores: no word of a private split in data files."""
    for path in (ROOT / "leaderboard").glob("*"):
        if path.suffix in {".csv", ".json"}:
            assert "private" not in path.read_text(encoding="utf-8")
