"""Exercises on the command line, as far as nothing is started."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from arena.authoring.build import build
from arena.catalog.tasks import load_task
from arena.catalog.workspace import Workspace
from arena.cli.case_views import exercise_json, exercise_page, first_file, following, made_for_download
from arena.exercises.mismatch import Mismatch
from arena.exercises.result import Result
from arena.metrics.table import METRICS
from arena.model.task import Task
from arena.pipeline.boards import publish_boards
from arena.pipeline.grade import grade
from arena.pipeline.stages import Stages
from arena.text.render import render_id
from arena.worker import scratch_folder
from tests.conftest import FakeLauncher, finished, run, run_json, write_files
from tests.numbers import HIDDEN_RIGHT, PUBLIC_RIGHT, SECRETS, drawn, raised, results, returned, write_exercise

BENGALI = re.compile("[\u0980-\u09ff]")
Graded = Callable[..., str]


@pytest.fixture
def numbers(workspace: Workspace, stages: Stages, launcher: FakeLauncher) -> Task:
    """The exercise, built."""
    write_exercise(workspace.root)
    task = load_task(workspace.root, "numbers", METRICS)
    launcher.will(finished({"cases.json": drawn()}), finished({"results": results(*PUBLIC_RIGHT, *HIDDEN_RIGHT)}))
    build(task, stages.vault, launcher, update=False, repeat=False)
    return task


@pytest.fixture
def graded(numbers: Task, stages: Stages, launcher: FakeLauncher, workspace: Workspace, tmp_path: Path) -> Graded:
    """Grade a solution of which it is known how its cases end; return its record's id."""

    def handed(*public: Any, team: str = "rahim", printed: bytes = b"") -> str:
        launcher.will(
            finished({"results": results(*public, printed=printed)}),
            finished({"results": results(HIDDEN_RIGHT[0], "died: SIGSEGV")}),
        )
        source = write_files(tmp_path / team, {"solution.py": f"# {team}\n"})
        with scratch_folder(stages.state) as scratch:
            record = grade(source, task=numbers, team=team, stages=stages, scratch=scratch).record
        assert record is not None
        publish_boards([numbers], stages, workspace.leaderboard)
        return record.id

    return handed


def test_tasks(numbers: Task) -> None:
    """An exercise stands in the list like any task."""
    assert numbers.id in run("tasks").stdout
    (told,) = [each for each in run_json("tasks") if each["id"] == "numbers"]
    assert (told["kind"], told["metric"], told["direction"]) == ("exercise", "cases_passed", "maximize")


def test_page(numbers: Task) -> None:
    """It is shown with its public cases: the call, and what it must return; nothing hidden is there."""
    shown = "\n".join(exercise_page(numbers))
    assert "| two vectors | `dot([1, 2], [3, 4])` | `11` |" in shown
    told = exercise_json(numbers)
    assert told["functions"][1] == {"name": "mean", "weight": 1.0, "rtol": 1e-3, "atol": 0.5}
    assert (told["case_seconds"], told["next"]) == (2.0, "more-numbers")
    assert told["cases"][1]["call"] == "mean([60, 70, 80])"
    assert not any(secret in text for text in (shown, repr(told)) for secret in SECRETS)


def test_page_of_a_statement_with_cases(numbers: Task) -> None:
    """A statement that has a section of the public cases needs no second one."""
    assert exercise_page(numbers, "# Numbers\n\n## Public cases\n") == []
    assert exercise_page(numbers, "# Numbers\n\nThe public cases follow.\n") != []


def test_page_of_another_task(task: Task) -> None:
    """What only exercises have is empty for every other task."""
    assert (exercise_page(task), exercise_json(task), made_for_download(task)) == ([], {}, {})
    assert first_file(task) == "sample_submission.csv"


def test_following(numbers: Task) -> None:
    """Whoever has passed every case is led on."""
    good = Result(function="dot", name={}, mismatch=None, details=None)
    bad = Result(function="dot", name={}, mismatch=Mismatch.DIED, details=None)
    assert following(numbers, [good, good]) == "more-numbers"
    assert [following(numbers, results) for results in ([good, bad], [])] == [None, None]


def test_download(numbers: Task, tmp_path: Path) -> None:
    """A learner gets the cases, also as a table to read, and the starter kit, and is told what to try."""
    ended = run("download", numbers.id, "--to", tmp_path / "mine")
    assert "starter/solution.py" in ended.stderr
    assert "`dot([1, 2], [3, 4])`" in (tmp_path / "mine" / "cases.md").read_text(encoding="utf-8")
    found = {path.relative_to(tmp_path / "mine").as_posix() for path in (tmp_path / "mine").rglob("*.*")}
    assert found == {"cases.json", "cases.md", "starter/solution.py"}


def test_log(graded: Graded) -> None:
    """`arena log` shows a line for each case, and all there is of each public one that failed."""
    record = graded(returned([11]), raised("KeyError", text="Traceback\nKeyError: 'x'\n"), printed=b"seen\n")
    shown = run("log", record[:10]).stdout
    assert re.search(r"two vectors +dot +public +wrong shape", shown)
    assert re.search(r"a secret +dot +hidden +passed", shown)
    assert re.search(r"nothing +mean +hidden +its process died", shown)
    assert "call: dot([1, 2], [3, 4])" in shown
    assert "returned: [11]" in shown
    assert "It raised KeyError: 'x'" in shown
    assert "    seen" in shown
    assert not any(secret in shown for secret in SECRETS)


def test_log_for_scripts(graded: Graded) -> None:
    """Scripts get the same as data; of a hidden case four keys."""
    told = run_json("log", graded(*PUBLIC_RIGHT))
    assert [case["result"] for case in told["cases"]] == ["passed", "passed", "passed", "died"]
    assert sorted(told["cases"][3]) == ["function", "name", "public", "result"]
    told = run_json("log", graded(returned(12), PUBLIC_RIGHT[1], team="karim"))
    assert told["cases"][0]["message"]["text"] == "result is 12; it should be 11."


def test_bengali(graded: Graded, monkeypatch: pytest.MonkeyPatch) -> None:
    """All words around the cases are Bengali where that is asked for, names of cases too."""
    monkeypatch.setenv("ARENA_LANG", "bn")
    shown = run("log", graded(returned(None), PUBLIC_RIGHT[1])).stdout
    for line in shown.splitlines():
        words = line.partition(": ")[0] if ": " in line else line
        assert not line.strip() or BENGALI.search(words), line


@pytest.mark.parametrize("language", ["en", "bn"])
def test_every_kind_has_words(language: str) -> None:
    """Each kind of mismatch, and passing, has words of its own in each language."""
    names = ["passed", *(mismatch.value for mismatch in Mismatch)]
    assert len({render_id(f"mismatch.{name}", {}, language) for name in names}) == len(names)


def test_board(graded: Graded) -> None:
    """The board ranks by the share of cases that passed, and says that hidden ones count."""
    graded(*PUBLIC_RIGHT)
    graded(returned(12), PUBLIC_RIGHT[1], team="karim")
    board = run_json("leaderboard", "numbers")
    assert [(row["team"], row["kind"]) for row in board["rows"]] == [("rahim", "exercise"), ("karim", "exercise")]
    assert (board["metric"], board["split"], board["direction"]) == ("cases_passed", "cases", "maximize")
    shown = run("leaderboard", "numbers")
    assert "Cases passed" in shown.stdout
    assert "solution" in shown.stderr
    page = Path("leaderboard/numbers.md").read_text(encoding="utf-8")
    assert "All cases, hidden ones included. Ranked by Cases passed; greater is better." in page


def test_submissions(graded: Graded, numbers: Task, workspace: Workspace) -> None:
    """A team's submissions are listed with their score."""
    write_files(workspace.root / "submissions" / "numbers" / "rahim" / "first", {"solution.py": "# rahim\n"})
    graded(*PUBLIC_RIGHT)
    (line,) = run_json("submissions", numbers.id, "--team", "rahim")
    assert (line["outcome"], line["kind"]) == ("scored", "exercise")
    assert line["feedback"]["cases_passed"] == pytest.approx(5 / 6)


def test_no_solution(numbers: Task, tmp_path: Path) -> None:
    """Files without a solution.py are refused before anything runs."""
    write_files(tmp_path / "mine", {"main.py": ""})
    told = run_json("check", numbers.id, tmp_path / "mine")
    assert (told["outcome"], told["messages"][0]["id"]) == ("rejected", "submission.no_solution")
