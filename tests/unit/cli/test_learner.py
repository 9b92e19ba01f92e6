"""What learners do, as far as nothing is started."""

import re
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.shell_completion import ShellComplete

from arena.catalog.tasks import load_task
from arena.catalog.workspace import Workspace
from arena.cli.main import main
from arena.cli.output import table
from arena.metrics.table import METRICS
from arena.model.task import Task
from arena.pipeline.boards import publish_boards
from arena.pipeline.stages import Stages
from tests.conftest import (
    PUBLIC,
    TRUTH,
    Clock,
    FakeLauncher,
    Hand,
    finished,
    predictions,
    run,
    run_json,
    write_files,
    write_workspace,
)

File = Callable[..., Path]
BENGALI = re.compile("[\u0980-\u09ff]")
# Etc/GMT+5 is five hours west of Greenwich. In this zone it is about noon now, so that no day ends during a test.
NOON = f"Etc/GMT{datetime.now(UTC).hour - 12:+d}"


@pytest.fixture
def publish(task: Task, stages: Stages, workspace: Workspace) -> Callable[[], None]:
    """Publish the board, as `arena grade` does at its end."""
    return lambda: [publish_boards([task], stages, workspace.leaderboard), None][1]  # type: ignore[return-value]


def test_tasks() -> None:
    """The list of tasks is a table for people and, for scripts, what can be known before one is opened."""
    shown = run("tasks")
    assert shown.stdout.splitlines()[1].split()[0] == "fruit"
    assert "Fruit: is it ripe?" in shown.stdout
    assert run_json("tasks") == [
        {
            "id": "fruit",
            "title": {"en": "Fruit: is it ripe?", "bn": "ফল: পেকেছে কি?"},
            "kind": "prediction",
            "metric": "accuracy",
            "direction": "maximize",
            "tags": ["tabular"],
            "practice": True,
            "accepts": ["predictions", "program", "model"],
        }
    ]


def test_tasks_in_bengali(monkeypatch: pytest.MonkeyPatch) -> None:
    """In Bengali the tasks have their Bengali titles."""
    monkeypatch.setenv("ARENA_LANG", "bn")
    assert "ফল: পেকেছে কি?" in run("tasks").stdout


def test_no_tasks(tmp_path: Path) -> None:
    """A workspace without tasks says so on standard error, and prints an empty list for scripts."""
    write_files(tmp_path / "empty", {"arena.toml": 'schema = 1\nname = "empty"\n'})
    result = run("-C", tmp_path / "empty", "tasks")
    assert (result.exit_code, result.stdout) == (0, "")
    assert "no tasks" in result.stderr


def test_broken_task_hides_no_other() -> None:
    """A task that cannot be loaded does not keep the others from being listed."""
    write_files(Path("tasks/broken"), {"task.toml": "nonsense"})
    assert [task["id"] for task in run_json("tasks")] == ["fruit"]


def test_download(tmp_path: Path) -> None:
    """Public files and the starter kit are copied, answers and sources are not."""
    result = run("download", "fruit", "--to", tmp_path / "data")
    assert result.exit_code == 0
    found = {path.relative_to(tmp_path / "data").as_posix() for path in (tmp_path / "data").rglob("*.*")}
    assert found == {*PUBLIC, "starter/main.py"}
    assert (tmp_path / "data" / "train.csv").read_bytes() == PUBLIC["train.csv"]
    assert "arena check fruit" in result.stderr


def test_download_as_json() -> None:
    """Without --to the folder has the task's name."""
    data = run_json("download", "fruit")
    assert (data["task"], data["folder"]) == ("fruit", "fruit")
    assert set(data["files"]) == {*PUBLIC, "starter/main.py"}
    assert Path("fruit/test.csv").is_file()


def test_download_folder(workspace: Workspace, tmp_path: Path) -> None:
    """A packed file comes as a folder, unpacked; its files are counted and its name is listed once."""
    folder = workspace.root / "tasks" / "fruit"
    definition = folder / "task.toml"
    text = definition.read_text(encoding="utf-8").replace("[submissions]", 'test_files = ["images.zip"]\n[submissions]')
    definition.write_text(text, encoding="utf-8")
    with zipfile.ZipFile(folder / "public" / "images.zip", "w") as archive:
        archive.writestr("0101.png", b"one")
        archive.writestr("0102.png", b"two")
    result = run("download", "fruit", "--to", tmp_path / "data")
    assert result.exit_code == 0
    assert "Wrote 6 file(s)" in result.stderr
    assert (tmp_path / "data" / "images" / "0102.png").read_bytes() == b"two"
    assert not (tmp_path / "data" / "images.zip").exists()
    assert "images/" in run_json("download", "fruit", "--to", tmp_path / "data")["files"]


def test_download_conflict(tmp_path: Path) -> None:
    """A file that is there and differs is kept and nothing is written, until --force is given."""
    mine = write_files(tmp_path / "data", {"starter/main.py": "my work"})
    result = run("download", "fruit", "--to", mine)
    assert result.exit_code == 2
    assert "--force" in result.stderr
    assert (mine / "starter/main.py").read_bytes() == b"my work"
    assert not (mine / "train.csv").exists()
    assert run("download", "fruit", "--to", mine, "--force").exit_code == 0
    assert (mine / "starter/main.py").read_bytes() != b"my work"


def test_download_again(tmp_path: Path) -> None:
    """Downloading again changes nothing and is no conflict."""
    for _ in range(2):
        assert run("download", "fruit", "--to", tmp_path / "data").exit_code == 0


def test_check_good(file: File) -> None:
    """A good table passes, without a score: there is none to be had."""
    path = file(predictions())
    result = run("check", "fruit", path)
    assert result.exit_code == 0
    assert f"arena submit fruit {path}" in result.stdout
    data = run_json("check", "fruit", path)
    assert (data["outcome"], data["is_score"], data["kind"]) == ("valid", False, "predictions")
    assert "0.8" not in str(data["messages"])
    assert not list(Path("submissions").glob("*"))


def test_check_bad(file: File) -> None:
    """A bad table is named with every reason, exit code 3 and what to do next."""
    path = file(b"id,ripe\n101,7\n")
    result = run("check", "fruit", path)
    assert result.exit_code == 3
    assert "11 of the 12 ids have no row" in result.stdout
    assert f"arena check fruit {path}" in result.stdout
    data = run_json("check", "fruit", path)
    assert data["outcome"] == "invalid_predictions"
    assert [m["id"] for m in data["messages"]] == ["predictions.ids_missing", "predictions.value_not_a_label"]


def test_check_rejected(file: File) -> None:
    """What is no submission is rejected by `check` too, with exit code 3."""
    result = run("check", "fruit", file(b"hello", "notes.txt"))
    assert result.exit_code == 3
    assert run_json("check", "fruit", file(b"hello", "notes.txt"))["outcome"] == "rejected"


def test_check_missing() -> None:
    """A path that is not there is a usage error."""
    assert run("check", "fruit", "nowhere.csv").exit_code == 2


def test_check_changed_public_files(file: File) -> None:
    """Where a public file was changed the task is at fault, before a submission is held against it."""
    Path("tasks/fruit/public/test.csv").write_bytes(b"id\n1\n")
    assert run("check", "fruit", file(predictions())).exit_code == 4


def test_check_in_bengali(file: File, monkeypatch: pytest.MonkeyPatch) -> None:
    """In Bengali what is wrong is said in Bengali."""
    monkeypatch.setenv("ARENA_LANG", "bn")
    result = run("check", "fruit", file(b"id,ripe\n101,7\n"))
    assert result.exit_code == 3
    assert len(BENGALI.findall(result.stdout)) > 40


def test_submit_existing(hand_in: Hand, file: File) -> None:
    """Files that were graded before give the earlier record with the team's rank, and cost nothing."""
    hand_in(predictions(TRUTH), "asha")
    record = hand_in(predictions(), "rahim").record
    assert record is not None
    path = file(predictions(), "renamed.csv")
    result = run("submit", "fruit", path, "--team", "Rahim", "-m", "again")
    assert result.exit_code == 0
    assert "Accuracy 0.83333" in result.stdout
    assert "Team rahim is 2 of 2" in result.stdout
    assert "graded before" in result.stderr
    data = run_json("submit", "fruit", path, "--team", "rahim")
    assert (data["id"], data["rank"], data["is_new"], data["outcome"]) == (record.id, 2, False, "scored")
    assert data["feedback"]["accuracy"] == 5 / 6
    assert {"task", "team", "kind", "usage", "message"} <= set(data)
    assert "private" not in result.output + str(data)


def test_submit_rejected(file: File) -> None:
    """What is no submission is not stored, and the message is there for people and scripts."""
    path = file(b"hello", "notes.txt")
    result = run("submit", "fruit", path, "--team", "rahim")
    assert result.exit_code == 3
    assert "arena check fruit" in result.stderr
    data = run_json("submit", "fruit", path, "--team", "rahim")
    assert (data["outcome"], data["id"], data["stored"]) == ("rejected", None, None)
    assert data["message"]["id"] == "submission.no_entry_file"
    assert not list(Path("submissions").glob("*/*/*"))


def test_submit_where_no_answers_are(file: File) -> None:
    """Where neither answers nor their source are, a good table is stored, checked and said to be ungraded."""
    Path("tasks/fruit/source").rename("elsewhere")
    path = file(predictions())
    result = run("submit", "fruit", path, "--team", "rahim")
    assert result.exit_code == 0
    assert "not graded" in result.stdout
    data = run_json("submit", "fruit", path, "--team", "rahim")
    assert (data["outcome"], data["id"], data["rank"]) == ("not_graded", None, None)
    assert (Path(data["stored"]) / "submission.csv").read_bytes() == predictions()
    assert run("submit", "fruit", file(b"id,ripe\n"), "--team", "rahim").exit_code == 3


def test_submit_without_team(file: File) -> None:
    """Without a team there is nobody to grade: the message says the three ways to name one."""
    result = run("submit", "fruit", file(predictions()))
    assert result.exit_code == 2
    for way in ("--team", "ARENA_TEAM", "arena.toml"):
        assert way in result.stderr


@pytest.mark.parametrize("team", ["../up", "a b", "\x1b[31mred", "admin", "x" * 50, "-x"])
def test_submit_bad_team(file: File, team: str) -> None:
    """A team id that is no slug, or reserved, is refused before anything is stored."""
    result = run("submit", "fruit", file(predictions()), f"--team={team}")
    assert result.exit_code == 2
    assert "\x1b" not in result.output
    assert not list(Path("submissions").glob("*"))


def test_team_from_environment(hand_in: Hand, monkeypatch: pytest.MonkeyPatch, file: File) -> None:
    """ARENA_TEAM names the team where --team does not, and arena.toml where neither does."""
    for team in ("rahim", "karim"):
        hand_in(predictions(), team)
    Path("arena.toml").write_text('schema = 1\nname = "class"\nteam = "karim"\n', encoding="utf-8")
    path = file(predictions())
    assert run_json("submit", "fruit", path)["team"] == "karim"
    monkeypatch.setenv("ARENA_TEAM", "rahim")
    assert run_json("submit", "fruit", path)["team"] == "rahim"
    assert run_json("submit", "fruit", path, "--team", "karim")["team"] == "karim"


@pytest.fixture
def used_up(tmp_path: Path, hand_in: Hand, clock: Clock) -> None:
    """A team that has handed in as often as it may today."""
    write_workspace(tmp_path / "class", zone=NOON)
    clock.moment = datetime.now(UTC)
    for number in range(3):
        hand_in(predictions(f"{number:012b}"))


@pytest.mark.usefixtures("used_up")
def test_submit_denied(file: File) -> None:
    """Past the day's submissions one is denied with exit code 6, and told when the next day begins."""
    result = run("submit", "fruit", file(predictions(TRUTH)), "--team", "rahim")
    assert result.exit_code == 6
    assert "The day's 3 submissions are used" in result.stdout
    data = run_json("submit", "fruit", file(predictions(TRUTH)), "--team", "rahim")
    assert (data["outcome"], data["id"], data["message"]["id"]) == ("denied", None, "denied.quota")
    assert not list(Path("submissions").rglob("*.csv")), "what is denied is not stored either"


def test_submissions(hand_in: Hand, file: File) -> None:
    """A team sees what it handed in: its message, outcome, score and record, and what still waits."""
    record = hand_in(predictions(), "rahim").record
    assert record is not None
    run("submit", "fruit", file(predictions()), "--team", "rahim", "-m", "more \x1b[2J trees")
    write_files(Path("submissions/fruit/rahim/later"), {"submission.csv": predictions(TRUTH)})
    write_files(Path("submissions/fruit/karim/other"), {"submission.csv": predictions(TRUTH)})
    result = run("submissions", "fruit", "--team", "rahim")
    assert result.exit_code == 0
    assert "\x1b" not in result.stdout
    assert "0.83333" in result.stdout
    lines = {line["name"]: line for line in run_json("submissions", "fruit", "--team", "rahim")}
    assert len(lines) == 2
    assert lines["later"]["outcome"] == "waiting"
    (graded,) = [line for line in lines.values() if line["record"]]
    assert (graded["record"], graded["message"]) == (record.id, r"more \x1b[2J trees")


def test_no_submissions() -> None:
    """A team that handed in nothing is told how to begin."""
    result = run("submissions", "fruit", "--team", "rahim")
    assert (result.exit_code, result.stdout) == (0, "")
    assert "arena submit fruit" in result.stderr
    assert run_json("submissions", "fruit", "--team", "rahim") == []


def test_log(hand_in: Hand, launcher: FakeLauncher) -> None:
    """A log is found by a record's first digits, and steers no terminal."""
    launcher.will(finished({"submission.csv": predictions()}, log=b"epoch 1\x1b[2J\xff\nepoch 2\n"))
    record = hand_in({"main.py": "x = 1"}).record
    assert record is not None
    result = run("log", record.id[:8])
    assert result.exit_code == 0
    assert result.stdout == "epoch 1\\x1b[2J\ufffd\nepoch 2\n"
    data = run_json("log", record.id)
    assert (data["record"], data["outcome"]) == (record.id, "scored")
    assert data["log"].endswith("epoch 2")


def test_log_none(hand_in: Hand, stages: Stages) -> None:
    """An unknown record, several that begin alike, an empty log and one that is kept elsewhere are told apart."""
    first, second = hand_in(predictions(), "asha").record, hand_in(predictions(TRUTH), "karim").record
    assert first is not None
    assert second is not None
    said = run("log", "zz")
    assert (said.exit_code, "No record" in said.stderr) == (2, True)
    said = run("log", "")
    assert (said.exit_code, first.id[:12] in said.stderr) == (2, True)
    said = run("log", first.id)
    assert (said.exit_code, said.stdout, "printed nothing" in said.stderr) == (0, "", True)
    (stages.state / "logs" / first.id[:2] / f"{first.id}.log").unlink()
    said = run("log", first.id)
    assert (said.exit_code, "not here" in said.stderr) == (2, True)


def test_leaderboard(hand_in: Hand, publish: Callable[[], None]) -> None:
    """The board shows ranks and public scores, and says what a practice task is."""
    hand_in(predictions(TRUTH), "asha")
    hand_in(predictions(), "rahim")
    publish()
    result = run("leaderboard", "fruit")
    assert result.exit_code == 0
    rows = [line.split() for line in result.stdout.splitlines()[2:]]
    assert [row[:4] for row in rows] == [["1", "1–2", "asha", "1.00000"], ["2", "1–2", "rahim", "0.83333"]]
    assert "Practice task" in result.stderr
    data = run_json("leaderboard", "fruit")
    assert (data["task"], data["metric"], data["direction"], data["closed"]) == ("fruit", "accuracy", "maximize", False)
    assert "private" not in data["rows"][0]


def test_leaderboard_private(hand_in: Hand, publish: Callable[[], None]) -> None:
    """Only --private shows private scores, from the vault."""
    hand_in(predictions(), "rahim")
    publish()
    (row,) = run_json("leaderboard", "fruit", "--private")["rows"]
    assert (row["private"], row["overall"]) == (2 / 6, 7 / 12)
    shown = run("leaderboard", "fruit", "--private").stdout
    assert "0.33333" in shown
    assert "0.58333" in shown
    assert "0.33333" not in run("leaderboard", "fruit").stdout


Publish = Callable[[], None]


@pytest.fixture
def two_teams(hand_in: Hand, clock: Clock) -> None:
    """Two teams of the same accuracy, of which the earlier leads; the later one's F1 is better."""
    hand_in(predictions("000101" + TRUTH[6:]), "asha")
    clock.move(minutes=1)
    hand_in(predictions("111111" + TRUTH[6:]), "babul")


@pytest.mark.usefixtures("two_teams")
def test_leaderboard_by(publish: Publish) -> None:
    """--by ranks by another of the task's metrics and puts it in front; scripts are told which ranks, and how."""
    publish()
    assert [row["team"] for row in run_json("leaderboard", "fruit")["rows"]] == ["asha", "babul"]
    result = run("leaderboard", "fruit", "--by", "f1")
    heads, first, second = (line.split() for line in result.stdout.splitlines()[1:])
    assert heads[:6] == ["rank", "ranks", "team", "F1", "gap", "Accuracy"]
    assert first[:6] == ["1", "1–2", "babul", "0.80000", "0", "0.66667"]
    assert second[:4] == ["2", "1–2", "asha", "0.66667"]
    assert "Ranked by F1; greater is better." in result.stderr
    assert "compared with all others on 6 rows" in result.stderr
    data = run_json("leaderboard", "fruit", "--by", "f1")
    assert (data["metric"], data["direction"]) == ("f1", "maximize")
    assert [(row["rank"], row["team"], row["public"]) for row in data["rows"]] == [
        (1, "babul", 0.8),
        (2, "asha", pytest.approx(2 / 3)),
    ]


def test_leaderboard_by_costs(hand_in: Hand, publish: Publish, clock: Clock, launcher: FakeLauncher) -> None:
    """The cost in a row is that of the submission by which the team stands under that metric."""
    launcher.will(finished({"submission.csv": predictions("111111" + TRUTH[6:])}))
    hand_in(predictions("000101" + TRUTH[6:]), "asha")
    clock.move(minutes=1)
    hand_in({"main.py": "print()"}, "asha")
    publish()
    assert run_json("leaderboard", "fruit")["rows"][0]["cost"]["charged"] == 0
    (row,) = run_json("leaderboard", "fruit", "--by", "f1")["rows"]
    assert (row["kind"], row["cost"]["charged"]) == ("program", 1.5)


@pytest.mark.usefixtures("two_teams")
def test_leaderboard_by_private() -> None:
    """With --private the columns are of the metric that ranks."""
    rows = run_json("leaderboard", "fruit", "--by", "f1", "--private")["rows"]
    assert [(row["team"], row["private"]) for row in rows] == [("babul", 1.0), ("asha", 1.0)]
    assert "0.80000" in run("leaderboard", "fruit", "--by", "f1", "--private").stdout


@pytest.mark.parametrize("option", [[], ["--private"]])
@pytest.mark.usefixtures("two_teams")
def test_leaderboard_by_unknown(publish: Publish, option: list[str]) -> None:
    """A metric that the task does not have is a usage error that names those it has."""
    publish()
    result = run("leaderboard", "fruit", "--by", "rmse\x1b[2J", *option)
    assert result.exit_code == 2
    assert "accuracy, f1" in result.stderr
    assert "\x1b[2J" not in result.stderr


@pytest.mark.usefixtures("two_teams")
def test_leaderboard_places(workspace: Workspace, stages: Stages) -> None:
    """Where a task asks for it, the places under several metrics stand side by side below the board."""
    definition = workspace.root / "tasks" / "fruit" / "task.toml"
    definition.write_text(definition.read_text("utf-8").replace('rule = "best"', 'by = ["f1"]'), encoding="utf-8")
    publish_boards([load_task(workspace.root, "fruit", METRICS)], stages, workspace.leaderboard)
    shown = run("leaderboard", "fruit").stdout
    places = [line.split() for line in shown.splitlines()[-3:]]
    assert places == [["team", "Accuracy", "F1"], ["asha", "1", "2"], ["babul", "2", "1"]]
    assert "team  Accuracy" not in run("leaderboard", "fruit", "--by", "f1").stdout


def test_completion_of_metrics() -> None:
    """The shell completes the names of the task's own metrics, and nothing where no task is known."""
    complete = ShellComplete(main, {}, "arena", "_ARENA_COMPLETE").get_completions

    def names(arguments: list[str], begun: str) -> list[str]:
        return [item.value for item in complete(["leaderboard", *arguments, "--by"], begun)]

    assert names(["fruit"], "") == ["accuracy", "f1"]
    assert names(["fruit"], "f") == ["f1"]
    assert names(["no-such-task"], "") == names([], "") == []


def test_leaderboard_none() -> None:
    """A task whose board was not published yet says how that is done."""
    result = run("leaderboard", "fruit")
    assert result.exit_code == 2
    assert "arena grade fruit" in result.stderr


def test_leaderboard_empty(hand_in: Hand, publish: Callable[[], None]) -> None:
    """A board without a score says so and is empty for scripts."""
    hand_in(b"no table")
    publish()
    assert "No team has a score yet" in run("leaderboard", "fruit").stderr
    assert run_json("leaderboard", "fruit")["rows"] == []


def test_leaderboard_broken(hand_in: Hand, publish: Callable[[], None]) -> None:
    """A board that a merge broke is a message with the file's name."""
    hand_in()
    publish()
    Path("leaderboard/fruit.json").write_bytes(b"<<<<<<< HEAD\n")
    result = run("leaderboard", "fruit")
    assert result.exit_code == 5
    assert "fruit.json" in result.stderr


def test_table(capsys: pytest.CaptureFixture[str]) -> None:
    """Columns line up: numbers to the right, and Bengali by the columns that it takes on a terminal."""
    table(["ফল", "n"], [["আম", "5"], ["কাঁঠাল", "10.25"]])
    heads, first, second = capsys.readouterr().out.splitlines()
    assert first.endswith("    5")
    assert second.endswith("10.25")
    assert heads.index("n") >= 2
