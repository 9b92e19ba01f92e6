"""What learners need works where there is no Linux, and what everyone needs starts at once."""

import json
import subprocess
import sys
from typing import Any

import pytest

from tests.integration.conftest import PROGRAMS, TASK, Arena, guess, table

_HEAVY = ("numpy", "pandas", "torch", "sklearn", "lightgbm", "pydantic", "pyarrow", "scipy", "keras")


def elsewhere(arena: Arena, platform: str, *commands: tuple[str, ...]) -> list[dict[str, Any]]:
    """Run commands as on another system; how each ended."""
    ended = subprocess.run(
        [sys.executable, str(PROGRAMS / "elsewhere.py"), json.dumps({"platform": platform, "commands": commands})],
        cwd=arena.root,
        env=arena.environment(LOCALAPPDATA=str(arena.home), ARENA_VAULT=str(arena.home / "no-vault")),
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    told: list[dict[str, Any]] = json.loads(ended.stdout)
    return told


@pytest.mark.parametrize("platform", ["win32", "darwin"])
def test_learners_need_no_linux(arena: Arena, platform: str) -> None:
    """Without POSIX, tasks are shown and downloaded, predictions checked and handed in; code is refused clearly."""
    windows = "\ufeff" + table(guess()).replace("\n", "\r\n")
    good, bad = arena.hand("good.csv", windows), arena.hand("bad.csv", "Id,Value\r\n101,x\r\n")
    code = arena.hand("main.py", "print('hello')")
    tasks, show, download, checked, refused, handed, listed, ran, examined = elsewhere(
        arena,
        platform,
        ("tasks", "--json"),
        ("show", TASK),
        ("download", TASK, "--to", str(arena.home / "data"), "--json"),
        ("check", TASK, str(good), "--json"),
        ("check", TASK, str(bad), "--json"),
        ("submit", TASK, str(good), "--team", "rahim", "-m", "from home"),
        ("submissions", TASK, "--team", "rahim", "--json"),
        ("check", TASK, str(code)),
        ("doctor",),
    )
    for each in (tasks, show, download, checked, refused, handed, listed, ran, examined):
        assert "Traceback" not in each["err"], each["err"]
    assert [each["id"] for each in json.loads(tasks["out"])] == [TASK]
    assert (show["code"], "# Tiny" in show["out"]) == (0, True)
    assert (download["code"], (arena.home / "data" / "train.csv").is_file()) == (0, True)
    assert (checked["code"], json.loads(checked["out"])["outcome"]) == (0, "valid")
    assert (refused["code"], json.loads(refused["out"])["outcome"]) == (3, "invalid_predictions")
    assert handed["code"] == 0, handed
    assert "not graded" in handed["out"]
    stored = list((arena.root / "submissions" / TASK / "rahim").glob("*/good.csv"))
    assert [path.read_bytes() for path in stored] == [windows.encode()]
    assert [(line["outcome"], line["message"]) for line in json.loads(listed["out"])] == [("waiting", "from home")]
    assert ran["code"] == 5
    assert "needs Linux" in ran["err"]
    assert (examined["code"], "needs Linux" in examined["out"]) == (5, True)
    assert not (arena.root / "leaderboard").exists()


def test_what_was_handed_in_elsewhere_is_graded_here(arena: Arena) -> None:
    """A submission that a learner without Linux stored is graded where the answers are."""
    path = arena.hand("good.csv", table(guess()))
    (handed,) = elsewhere(arena, "win32", ("submit", TASK, str(path), "--team", "rahim"))
    assert handed["code"] == 0
    graded = arena.say("grade", "--json")
    assert [(each["team"], each["outcome"]) for each in graded.json] == [("rahim", "scored")]


def test_help_loads_nothing_heavy() -> None:
    """``arena --help`` imports no library that takes long."""
    asked = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "arena", "--help"], capture_output=True, text=True, check=True
    )
    loaded = {line.rsplit("|", 1)[1].strip() for line in asked.stderr.splitlines() if line.startswith("import time:")}
    assert "click" in loaded
    assert not [name for name in loaded if name.split(".")[0] in _HEAVY]
    assert "First steps" in asked.stdout
