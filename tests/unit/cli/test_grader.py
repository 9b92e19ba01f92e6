"""`arena grade`, as far as no new record is made, which would ask the runtime."""

from pathlib import Path

from arena.pipeline.stages import Stages
from tests.conftest import TRUTH, Hand, predictions, records_of, run, run_json, write_files


def test_graded_before(hand_in: Hand) -> None:
    """What has a record is skipped; boards are published all the same."""
    hand_in(predictions(), "rahim")
    write_files(Path("submissions"), {"fruit/rahim/a.csv": predictions()})
    result = run("grade")
    assert result.exit_code == 0
    assert "0 graded (0 scored), 1 graded before, 0 not graded" in result.stdout
    assert "0.83333" in result.stdout
    assert Path("leaderboard/fruit.csv").is_file()
    assert "5 board file(s) changed" in result.stdout
    assert "0 board file(s) changed" in run("grade").stdout


def test_as_json(hand_in: Hand) -> None:
    """For scripts each entry of the shelf is one object, whatever became of it; nothing else is printed."""
    record = hand_in(predictions(), "rahim").record
    assert record is not None
    shelf = {"fruit/rahim/a.csv": predictions(), "fruit/\x1b[31mred\x9b\u202e/b.csv": predictions(TRUTH)}
    write_files(Path("submissions"), shelf)
    result = run("grade", "--json")
    assert result.exit_code == 0
    assert not set(result.output) & set("\x1b\x9b\u202e")
    bad, good = run_json("grade")
    assert (good["id"], good["outcome"], good["is_new"], good["path"]) == (
        record.id,
        "scored",
        False,
        "fruit/rahim/a.csv",
    )
    assert (bad["id"], bad["team"], bad["outcome"]) == (None, None, "rejected")
    assert bad["message"]["id"] == "team.invalid"
    assert {"task", "team", "kind", "outcome", "feedback", "usage", "message"} <= set(bad) & set(good)


def test_bad_team_folder() -> None:
    """A folder whose name is no team's is told on one line that steers no terminal, and fails nothing."""
    write_files(Path("submissions"), {"fruit/\x1b[31mred/b.csv": predictions()})
    result = run("grade")
    assert result.exit_code == 0
    assert "\x1b" not in result.output
    assert r"fruit/\x1b[31mred/b.csv" in result.stdout
    assert "1 not graded" in result.stdout


def test_only_named_tasks(hand_in: Hand) -> None:
    """Named tasks alone are graded."""
    hand_in(predictions(), "rahim")
    write_files(Path("submissions"), {"fruit/rahim/a.csv": predictions(), "other/rahim/a.csv": predictions()})
    assert [entry["path"] for entry in run_json("grade", "fruit")] == ["fruit/rahim/a.csv"]
    assert len(run_json("grade")) == 2


def test_unknown_task() -> None:
    """A task that does not exist is a usage error, before anything is graded."""
    result = run("grade", "nope")
    assert result.exit_code == 2
    assert "fruit" in result.stderr
    assert not Path("leaderboard").exists()


def test_broken_task() -> None:
    """A task whose public files were changed fails the run with exit code 4, and says which file."""
    write_files(Path("submissions"), {"fruit/rahim/a.csv": predictions()})
    Path("tasks/fruit/public/test.csv").write_bytes(b"id\n")
    result = run("grade")
    assert result.exit_code == 4
    assert "public/test.csv" in result.stdout


def test_broken_ledger(hand_in: Hand, stages: Stages) -> None:
    """A record that cannot be read is a message with its file, exit code 5 and no board."""
    hand_in()
    (file,) = records_of(stages).rglob("*.json")
    file.write_bytes(file.read_bytes()[:100])
    write_files(Path("submissions"), {"fruit/rahim/a.csv": predictions(TRUTH)})
    result = run("grade")
    assert result.exit_code == 5
    assert file.name in result.stderr
    assert not Path("leaderboard/fruit.csv").exists()


def test_nothing_to_grade() -> None:
    """An empty shelf is no error."""
    assert run_json("grade") == []
    assert "0 graded" in run("grade").stdout


def test_sweeps(stages: Stages) -> None:
    """What a killed grader left is gone after the next run."""
    scratch = write_files(stages.state / "scratch", {"dead/main.py": b"", "dead.lock": b""})
    run("grade")
    assert list(scratch.iterdir()) == []


def test_a_reason_belongs_to_again() -> None:
    """A reason that nothing would bear, or that says nothing, is a mistake in the command."""
    for arguments in (["--reason", "libraries"], ["--again", "--reason", " "]):
        result = run("grade", *arguments)
        assert (result.exit_code, "--reason" in result.stderr) == (2, True)
