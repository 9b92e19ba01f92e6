"""Commands that make records of predictions, from the command line to the board."""

import json
import platform
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from arena.vault.plain import PlainVault
from tests.conftest import GUESS, TRUTH, predictions, run, run_json, write_files

File = Callable[..., Path]
pytestmark = pytest.mark.usefixtures("vault")


def test_show() -> None:
    """A task is shown with its statement, its rules and the runtime that submissions run with."""
    result = run("show", "fruit")
    assert result.exit_code == 0
    for part in ("# Fruit", "train.csv", "up to 1 MiB, 3 a day", "Accuracy", "F1", "20 s, 10 CPU seconds, 512 MiB"):
        assert part in result.stdout
    assert f"Python {platform.python_version()}" in result.stdout
    assert "arena download fruit" in result.stdout


def test_show_as_json() -> None:
    """For scripts the same is data, with every package of the runtime."""
    data = run_json("show", "fruit")
    assert (data["id"], data["metric"], data["also"]) == ("fruit", "accuracy", ["f1"])
    assert data["submissions"] == {"max_bytes": 2**20, "per_day": 3, "failed_per_day": 2}
    assert data["runtime"]["python"] == platform.python_version()
    assert "numpy" in data["runtime"]["packages"]


def test_show_in_bengali(monkeypatch: pytest.MonkeyPatch) -> None:
    """In Bengali the statement is the Bengali one, and so are the rules."""
    monkeypatch.setenv("ARENA_LANG", "bn")
    result = run("show", "fruit")
    assert "কোন ফল পেকেছে বলুন" in result.stdout
    rules = result.stdout.split("---")[1]
    assert all(re.search("[\u0980-\u09ff]", line) for line in rules.splitlines() if line.strip())


def test_submit(file: File, vault: PlainVault) -> None:
    """A good submission is stored, graded and ranked, and its board is published."""
    result = run("submit", "fruit", file(predictions()), "--team", "rahim", "-m", "first")
    assert result.exit_code == 0
    assert "Accuracy 0.83333 on the public rows" in result.stdout
    assert "Team rahim is 1 of 1" in result.stdout
    assert "Kind: predictions" in result.stderr
    (record,) = Path("leaderboard/records").rglob("*.json")
    assert json.loads(Path("leaderboard/fruit.json").read_bytes())["rows"][0]["team"] == "rahim"
    assert vault.scores("fruit", record.stem)["private"]["accuracy"] == 2 / 6
    (line,) = run_json("submissions", "fruit", "--team", "rahim")
    assert (line["record"], line["message"], line["outcome"]) == (record.stem, "first", "scored")


def test_submit_as_json(file: File) -> None:
    """For scripts `submit` prints one record with its message and rank, and nothing that is private."""
    data = run_json("submit", "fruit", file(predictions()), "--team", "rahim")
    assert {"id", "task", "team", "kind", "outcome", "feedback", "usage", "message", "rank"} <= set(data)
    assert (data["outcome"], data["rank"], data["is_new"], data["supersedes"]) == ("scored", 1, True, None)
    assert data["environment"]["python"] == platform.python_version()
    text = json.dumps(data)
    assert "private" not in text
    assert "overall" not in text
    again = run_json("submit", "fruit", file(predictions(), "other.csv"), "--team", "rahim")
    assert (again["id"], again["is_new"]) == (data["id"], False)


def test_submit_bad(file: File) -> None:
    """A table that cannot be scored is recorded, with exit code 3, every reason and the next command."""
    path = file(b"id,ripe\n101,7\n")
    result = run("submit", "fruit", path, "--team", "rahim")
    assert result.exit_code == 3
    assert "invalid predictions" in result.stdout
    assert "11 of the 12 ids have no row" in result.stdout
    assert f"arena check fruit {path}" in result.stderr
    data = run_json("submit", "fruit", path, "--team", "rahim")
    assert (data["outcome"], data["rank"], data["feedback"]) == ("invalid_predictions", None, {})


def test_submit_improves(file: File) -> None:
    """By the rule `best` a team's worse submission does not move it, and a better one does."""
    run("submit", "fruit", file(predictions(TRUTH)), "--team", "asha")
    assert run_json("submit", "fruit", file(predictions(GUESS)), "--team", "rahim")["rank"] == 2
    assert run_json("submit", "fruit", file(predictions("0" * 12)), "--team", "asha")["rank"] == 1


def test_submit_in_bengali(file: File, monkeypatch: pytest.MonkeyPatch) -> None:
    """In Bengali a learner reads no English sentence from `submit`."""
    monkeypatch.setenv("ARENA_LANG", "bn")
    result = run("submit", "fruit", file(predictions()), "--team", "rahim")
    assert result.exit_code == 0
    assert all(re.search("[\u0980-\u09ff]", line) for line in result.output.splitlines() if line.strip())


def test_waiting(file: File) -> None:
    """What others handed in and nobody graded yet is named, since it is not on the board."""
    write_files(Path("submissions/fruit/karim/a"), {"submission.csv": predictions(TRUTH)})
    result = run("submit", "fruit", file(predictions()), "--team", "rahim")
    assert "1 other submission(s)" in result.stderr
    assert "arena grade fruit" in result.stderr


def test_grade() -> None:
    """A first run grades the whole shelf and publishes; a second one finds all done and changes no byte."""
    shelf = {
        "fruit/asha/a.csv": predictions(TRUTH),
        "fruit/rahim/a.csv": predictions(),
        "fruit/rahim/bad.csv": b"no table",
        "fruit/\x1b[31mred/a.csv": predictions(),
    }
    write_files(Path("submissions"), shelf)
    result = run("grade")
    assert result.exit_code == 0
    assert "3 graded (2 scored), 0 graded before, 1 not graded" in result.stdout
    assert "\x1b" not in result.output
    published = {path: path.read_bytes() for path in Path("leaderboard").rglob("*") if path.is_file()}
    second = run("grade")
    assert second.exit_code == 0
    assert "0 graded (0 scored), 3 graded before, 1 not graded" in second.stdout
    assert {path: path.read_bytes() for path in Path("leaderboard").rglob("*") if path.is_file()} == published


def test_grade_again() -> None:
    """With --again each submission has a new evaluation that supersedes the older, and the ranks stay."""
    write_files(Path("submissions"), {"fruit/asha/a.csv": predictions(TRUTH), "fruit/rahim/a.csv": predictions()})
    first = run_json("grade")
    board = Path("leaderboard/fruit.csv").read_bytes()
    second = run_json("grade", "--again")
    assert [entry["supersedes"] for entry in second] == [entry["id"] for entry in first]
    assert [entry["evaluation"] for entry in second] == [2, 2]
    assert Path("leaderboard/fruit.csv").read_bytes() == board


def test_grade_as_json() -> None:
    """For scripts `grade` prints each record, one object an entry, also of those that were not scored."""
    write_files(Path("submissions"), {"fruit/rahim/a.csv": predictions(), "fruit/rahim/b.txt.csv": b"no table"})
    good, bad = run_json("grade", "fruit")
    assert (good["outcome"], good["feedback"]["accuracy"], good["is_new"]) == ("scored", 5 / 6, True)
    assert (bad["outcome"], bad["feedback"], bad["id"] is None) == ("invalid_predictions", {}, False)


def test_no_published_secret() -> None:
    """After grading no file of the workspace holds a private score, in whatever precision."""
    write_files(Path("submissions"), {"fruit/rahim/a.csv": predictions()})
    assert run("grade").exit_code == 0
    source = Path("tasks").resolve()
    for path in (path for path in Path.cwd().rglob("*") if path.is_file() and not path.is_relative_to(source)):
        assert b"0.3333" not in path.read_bytes()
        assert b"0.5833" not in path.read_bytes()


def test_broken_runtime(file: File) -> None:
    """A runtime that is not there is this machine's fault, with exit code 5 and the setting to correct."""
    settings = Path("arena.toml").read_text(encoding="utf-8")
    Path("arena.toml").write_text(f'{settings}runtime = "nowhere/python"\n', encoding="utf-8")
    for command in (("show", "fruit"), ("submit", "fruit", file(predictions()), "--team", "rahim")):
        result = run(*command)
        assert result.exit_code == 5
        assert "arena.toml" in result.stderr
        assert "Traceback" not in result.output
