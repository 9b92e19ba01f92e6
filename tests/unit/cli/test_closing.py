"""The close, as learners and instructors see it on the command line."""

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from arena.catalog.workspace import Workspace
from arena.vault.views import VIEWS, account
from tests.conftest import TRUTH, Clock, Hand, predictions, run, run_json, write_files

BENGALI = re.compile("[\u0980-\u09ff]")


@pytest.fixture
def shelf(workspace: Workspace, hand_in: Hand, clock: Clock) -> Callable[[str, str, str], None]:
    """Put a submission on the shelf and grade it."""

    def put(team: str, name: str, digits: str) -> None:
        content = predictions(digits)
        write_files(workspace.submissions / "fruit" / team / name, {"submission.csv": content})
        hand_in(content, team)
        clock.move(minutes=1)

    return put


@pytest.fixture(autouse=True)
def _handed_in(shelf: Callable[[str, str, str], None]) -> None:
    shelf("asha", "first", TRUTH[:6] + "110100")
    shelf("asha", "second", "000000" + "110100")
    shelf("babul", "first", "000000" + TRUTH[6:])


def _rule(workspace: Workspace, *lines: str) -> None:
    path = workspace.root / "tasks" / "fruit" / "task.toml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace('rule = "best"', "\n".join(['rule = "best"', *lines])), encoding="utf-8")


def test_select(workspace: Workspace) -> None:
    """Picks are named as `arena submissions` lists them, replace earlier ones and are shown."""
    assert "has picked nothing" in run("select", "fruit", "--team", "asha").stdout
    record = run_json("submissions", "fruit", "--team", "asha")[1]["record"]
    assert run("select", "fruit", "first", "--team", "asha").exit_code == 0
    picked = run_json("select", "fruit", record[:10], "--team", "asha")
    assert [(one["name"], one["record"]) for one in picked["submissions"]] == [("second", record)]
    shown = run("select", "fruit", "--team", "asha")
    assert ("second" in shown.stdout, "first" in shown.stdout, "1 of at most 2" in shown.stderr) == (True, False, True)
    assert "has picked nothing" in run("select", "fruit", "--clear", "--team", "asha").stdout
    assert (workspace.submissions / "fruit" / "asha" / ".picks.json").is_file()


@pytest.mark.parametrize("names", [["nothing"], [""], ["first", "second", "third"]])
def test_select_nothing(names: list[str]) -> None:
    """A name that is none of the team's scored submissions is refused, with those that there are."""
    result = run("select", "fruit", *names, "--team", "asha")
    assert (result.exit_code, "first, second" in result.stderr) == (2, True)


def test_select_too_many(workspace: Workspace) -> None:
    """No team picks more than the task allows, but may name one submission twice."""
    path = workspace.root / "tasks" / "fruit" / "task.toml"
    path.write_text(path.read_text("utf-8").replace("per_day = 3\n", "per_day = 3\nfinal_picks = 1\n"), "utf-8")
    result = run("select", "fruit", "first", "second", "--team", "asha")
    assert (result.exit_code, "at most 1" in result.stderr) == (2, True)
    assert run("select", "fruit", "first", "first", "--team", "asha").exit_code == 0
    assert run("select", "fruit", "first", "--clear", "--team", "asha").exit_code == 2


def test_select_after_the_close(workspace: Workspace) -> None:
    """Once the task is closed picks stay as they are."""
    _rule(workspace, "closes = 2025-06-02T00:00:00+06:00")
    result = run("select", "fruit", "second", "--team", "asha")
    assert (result.exit_code, "is closed" in result.stderr) == (6, True)


def test_close_too_early(workspace: Workspace) -> None:
    """Before its time a task is not closed without a reason, and nothing private is printed or written."""
    _rule(workspace, "closes = 2999-06-02T00:00:00+06:00")
    result = run("task", "close", "fruit")
    assert (result.exit_code, "--now REASON" in result.stderr) == (6, True)
    assert run("task", "close", "fruit", "--now", "  ").exit_code == 2
    assert list(workspace.leaderboard.glob("*.final.*")) == []
    assert "0.33333" not in result.output


def test_close() -> None:
    """A task is closed with a reason; from then on `leaderboard` shows the final board, and closing is no more work."""
    closed = run("task", "close", "fruit", "--now", "the course is over")
    assert closed.exit_code == 0
    assert "final board is published" in closed.stderr
    lines = closed.stdout.splitlines()
    assert lines[0] == "Fruit: is it ripe?"
    assert " ".join(lines[1].split()).endswith("public rank shake-up medal percentile")
    assert [line.split()[:5] for line in lines[2:]] == [
        ["1", "1", "babul", "1.00000", "0"],
        ["2", "2", "asha", "0.00000", "[0.1,"],
    ]
    for line, moved in zip(lines[2:], ("+1", "-1"), strict=True):
        assert moved in line.split()
    assert "agree with its final board" in run("task", "close", "fruit").stderr
    assert run("leaderboard", "fruit").stdout == closed.stdout
    final = run_json("leaderboard", "fruit")
    assert (final["closed"], final["reason"], final["split"]) == (True, "the course is over", "private")
    assert [row["team"] for row in run_json("leaderboard", "fruit", "--by", "f1")["rows"]] == ["asha", "babul"]
    assert run("submit", "fruit", "x", "--team", "asha").exit_code == 2


def test_closed_for_new_submissions(file: Callable[..., Path]) -> None:
    """Closed before its time, a task takes nothing more."""
    run("task", "close", "fruit", "--now", "over")
    result = run("submit", "fruit", file(predictions("111111111111")), "--team", "chitra")
    assert result.exit_code == 6


def test_close_tells_what_waits(workspace: Workspace) -> None:
    """What nobody graded is named, since it is not on the board."""
    write_files(workspace.submissions / "fruit" / "karim" / "a", {"submission.csv": predictions(TRUTH)})
    assert "1 submission(s) of fruit have no record" in run("task", "close", "fruit", "--now", "over").stderr


def test_close_in_bengali(monkeypatch: pytest.MonkeyPatch) -> None:
    """In Bengali every note is Bengali."""
    monkeypatch.setenv("ARENA_LANG", "bn")
    for arguments in (
        ["task", "close", "fruit", "--now", "over"],
        ["select", "fruit", "--team", "asha"],
        ["vault", "log"],
    ):
        result = run(*arguments)
        assert all(BENGALI.search(line) for line in result.stderr.splitlines() if line.strip())


def test_late(workspace: Workspace, shelf: Callable[[str, str, str], None], clock: Clock) -> None:
    """What came after the close is marked in a team's list and stands below the board."""
    closes = clock.moment + timedelta(seconds=1)
    _rule(workspace, f"closes = {closes.isoformat()}", "[late]", "until = 2999-01-01T00:00:00+06:00")
    clock.move(minutes=5)
    shelf("babul", "second", TRUTH)
    lines = run_json("submissions", "fruit", "--team", "babul")
    assert [(line["name"], line["late"]) for line in lines] == [("first", False), ("second", True)]
    assert "scored, late" in run("submissions", "fruit", "--team", "babul").stdout
    assert run("grade", "fruit").exit_code == 0
    shown = run("leaderboard", "fruit")
    assert "Late, not ranked" in shown.stderr
    assert shown.stdout.splitlines()[-1].split() == ["babul", "1.00000", "1"]


def test_each_look_is_logged(workspace: Workspace, vault: object) -> None:
    """Every private view, whatever its form, is in the log of the vault, and nothing else is."""
    del vault
    assert "Nobody has looked" in run("vault", "log").stderr
    run("leaderboard", "fruit", "--private")
    run("leaderboard", "fruit", "--private", "--by", "f1", "--json")
    run("submissions", "fruit", "--team", "asha")
    looks = run_json("vault", "log")
    assert [(look["account"], look["task"], look["by"]) for look in looks] == [
        (account(), "fruit", "accuracy"),
        (account(), "fruit", "f1"),
    ]
    assert account() in run("vault", "log").stdout
    assert list(workspace.root.rglob(VIEWS)) == []


def test_no_log_no_look(vault: object, workspace: Workspace, tmp_path: Path) -> None:
    """Where the look cannot be logged nothing is shown."""
    del vault
    (tmp_path / "vault" / workspace.name / VIEWS).mkdir(parents=True)
    result = run("leaderboard", "fruit", "--private")
    assert result.exit_code == 5
    assert "1.00000" not in result.output


def test_exact_scores_beside_blunt_ones(workspace: Workspace) -> None:
    """Where a rule blunts public scores the private view has the exact ones, too."""
    assert "exact" not in run_json("leaderboard", "fruit", "--private")["rows"][0]
    _rule(workspace, 'feedback = "rounded"')
    assert [row["exact"] for row in run_json("leaderboard", "fruit", "--private")["rows"]] == [1.0, 2 / 6]
