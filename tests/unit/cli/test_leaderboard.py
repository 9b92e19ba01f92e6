"""`arena leaderboard`: a board in the learner's language, watched, and drawn."""

import re
import xml.etree.ElementTree as ET
from collections.abc import Callable
from pathlib import Path

import pytest

from arena.catalog.workspace import Workspace
from arena.cli.boards import Asked
from arena.cli.output import spoken
from arena.cli.session import Session
from arena.cli.watching import watch_board
from arena.errors import InfrastructureError
from arena.files import state_of
from arena.model.budget import Usage
from arena.model.task import Task
from arena.pipeline.boards import publish_boards
from arena.pipeline.stages import Stages
from tests.conftest import TRUTH, Clock, FakeLauncher, Hand, finished, predictions, run, run_json

BENGALI = re.compile("[\u0980-\u09ff]")
Publish = Callable[[], None]
_SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(autouse=True)
def _english() -> None:
    """What is called without a command speaks as another test did, otherwise."""
    spoken.cache_clear()


@pytest.fixture
def publish(task: Task, stages: Stages, workspace: Workspace) -> Publish:
    """Publish the board, as `arena grade` does at its end."""

    def publish() -> None:
        publish_boards([task], stages, workspace.leaderboard)

    return publish


@pytest.fixture
def graded(hand_in: Hand, clock: Clock, launcher: FakeLauncher, publish: Publish) -> None:
    """Two teams, of which one handed in two programs, an hour apart."""
    hand_in(predictions(), "asha")
    for digits, seconds in (("000101" + TRUTH[6:], 1.5), (TRUTH, 2.5)):
        clock.move(hours=1)
        usage = Usage(charged=seconds, wall_s=seconds, device_class="cpu-slow")
        launcher.will(finished({"submission.csv": predictions(digits)}, usage=usage))
        hand_in({"main.py": f"print({seconds})"}, "babul")
    publish()


def _heads(*arguments: str) -> list[str]:
    return re.split(r"\s{2,}", run(*arguments).stdout.splitlines()[1])


@pytest.mark.usefixtures("graded")
def test_heads_are_in_the_learner_s_language(monkeypatch: pytest.MonkeyPatch) -> None:
    """With ARENA_LANG=bn every head of a board is Bengali but the names of metrics; by default they are English."""
    english = ["rank", "ranks", "team", "Accuracy", "gap", "F1", "kind", "submissions", "cost"]
    assert _heads("leaderboard", "fruit") == english
    monkeypatch.setenv("ARENA_LANG", "bn")
    # The instructor's board has private scores and those over all rows, and no intervals.
    for options in ((), ("--private",)):
        heads = _heads("leaderboard", "fruit", *options)
        assert [head for head in heads if not BENGALI.search(head)] == ["Accuracy", "F1"]
        assert len(heads) == len(english)
    assert "cpu-slow-এ 2.50 cpu_slot_s" in run("leaderboard", "fruit").stdout


@pytest.mark.usefixtures("graded")
def test_heads_of_the_final_board(monkeypatch: pytest.MonkeyPatch) -> None:
    """The heads of a final board are Bengali too; the file that is published stays English."""
    monkeypatch.setenv("ARENA_LANG", "bn")
    assert run("task", "close", "fruit", "--now", "over").exit_code == 0
    assert all(map(BENGALI.search, _heads("leaderboard", "fruit")))
    page = Path("leaderboard/fruit.final.md").read_text(encoding="utf-8")
    assert "| Rank | Rank interval | Team | Private Accuracy | Gap | Public Accuracy | Public rank |" in page


def _changes(workspace: Workspace, *steps: Callable[[Path], object]) -> Callable[[float], None]:
    """A pause in which the next of ``steps`` is done to the board's file, and Ctrl-C after the last of them."""
    left = iter(steps)

    def pause(_: float) -> None:
        step = next(left, None)
        if step is None:
            raise KeyboardInterrupt
        step(workspace.leaderboard / "fruit.json")

    return pause


def _asked() -> Asked:
    return Asked(session=Session.open(), task="fruit")


def _rename(path: Path, team: str) -> None:
    path.write_text(path.read_text(encoding="utf-8").replace("babul", team), encoding="utf-8")


@pytest.mark.usefixtures("graded")
def test_watching(workspace: Workspace, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """On a terminal the board is drawn anew when its file changed, stays while there is none, and ends by Ctrl-C."""
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    hidden = workspace.root / "hidden.json"
    watch_board(
        _asked(),
        pause=_changes(
            workspace,
            lambda _: None,
            lambda path: _rename(path, "[bold]chitra[/bold]"),
            lambda path: path.rename(hidden),
            hidden.rename,
        ),
    )
    shown = capsys.readouterr().out
    assert "babul" in shown
    assert "[bold]chitra[/bold]" in shown
    assert "Practice task" in shown
    assert "Ctrl-C" in shown


@pytest.mark.usefixtures("graded")
def test_watching_draws_only_what_changed(
    workspace: Workspace, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """While the board stays as it is nothing is drawn."""
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    watch_board(_asked(), pause=_changes(workspace))
    once = capsys.readouterr().out
    watch_board(_asked(), pause=_changes(workspace, *[lambda _: None] * 3))
    assert capsys.readouterr().out == once


@pytest.mark.usefixtures("graded")
def test_watching_a_task_that_closes(
    workspace: Workspace, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """At the close the final board takes the place of the public one."""
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    pause = _changes(workspace, lambda _: run("task", "close", "fruit", "--now", "over"))
    watch_board(_asked(), pause=pause)
    assert "Final board, closed at" in capsys.readouterr().out


@pytest.mark.usefixtures("graded")
def test_a_broken_board_ends_watching(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    """A board that a merge broke is reported, as without --watch."""
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    with pytest.raises(InfrastructureError):
        watch_board(_asked(), pause=_changes(workspace, lambda path: path.write_text("<<<<<<<", encoding="utf-8")))


@pytest.mark.usefixtures("graded")
def test_watching_without_a_terminal() -> None:
    """Where nobody looks the board is printed once, by the metric that was asked for, and why is said."""
    result = run("leaderboard", "fruit", "--watch", "--by", "f1")
    assert result.exit_code == 0
    assert result.stdout == run("leaderboard", "fruit", "--by", "f1").stdout
    assert "no terminal" in result.stderr


@pytest.mark.parametrize(
    "options",
    [["--watch", "--json"], ["--watch", "--plot", "a.svg"], ["--watch", "--private"], ["--of", "cost"]],
    ids=" ".join,
)
def test_options_that_exclude_each_other(options: list[str]) -> None:
    """What makes no sense together is refused with the reason, and nothing is written."""
    result = run("leaderboard", "fruit", *options)
    assert result.exit_code == 2
    assert re.search("give one of them|leave --private out|give both", result.stderr)
    assert not Path("a.svg").exists()


@pytest.mark.usefixtures("graded")
def test_plot_of_time() -> None:
    """--plot draws the public scores of all teams over time; drawn again the file is not touched."""
    assert "a.svg is written" in run("leaderboard", "fruit", "--plot", "a.svg").stderr
    before = state_of(Path("a.svg"))
    told = ET.parse("a.svg").getroot().findtext(f"{_SVG}desc") or ""  # noqa: S314 - it was made here
    assert "1. babul: 1.00000. 2. asha: 0.83333." in told
    assert run_json("leaderboard", "fruit", "--plot", "a.svg") == {"task": "fruit", "of": "time", "file": "a.svg"}
    assert state_of(Path("a.svg")) == before


@pytest.mark.usefixtures("graded")
def test_plot_of_cost() -> None:
    """--of cost draws who stands by something that ran, against what that was charged, by any metric."""
    assert run("leaderboard", "fruit", "--plot", "a.svg", "--of", "cost", "--by", "f1").exit_code == 0
    told = ET.parse("a.svg").getroot().findtext(f"{_SVG}desc") or ""  # noqa: S314 - it was made here
    assert "babul: 1.00000 for 2.50 cpu_slot_s" in told
    assert "by F1" in told
    assert "asha" not in told


@pytest.mark.usefixtures("graded")
def test_plots_tell_nothing_private() -> None:
    """A plot holds no private score and none over all rows, however it is rounded."""
    for of in ("time", "cost"):
        run("leaderboard", "fruit", "--plot", "a.svg", "--of", of)
        assert not re.search(r"0\.333|0\.583", Path("a.svg").read_text(encoding="utf-8"))


@pytest.mark.usefixtures("graded")
def test_costs_of_two_classes(hand_in: Hand, launcher: FakeLauncher) -> None:
    """Costs of two classes of devices are not drawn in one picture; --device-class chooses one."""
    usage = Usage(charged=9.0, wall_s=9.0, device_class="cpu-quick")
    launcher.will(finished({"submission.csv": predictions(TRUTH)}, usage=usage))
    hand_in({"main.py": "print()"}, "chitra")
    result = run("leaderboard", "fruit", "--plot", "a.svg", "--of", "cost")
    assert (result.exit_code, "cpu-quick, cpu-slow" in result.stderr) == (2, True)
    assert not Path("a.svg").exists()
    options = ("--of", "cost", "--device-class", "cpu-quick")
    assert run("leaderboard", "fruit", "--plot", "a.svg", *options).exit_code == 0
    assert "cpu_slot_s on cpu-quick" in Path("a.svg").read_text(encoding="utf-8")


def test_nothing_to_draw(hand_in: Hand) -> None:
    """Without a score, and without a cost, what is missing is said and nothing is written."""
    nothing = run("leaderboard", "fruit", "--plot", "a.svg")
    assert (nothing.exit_code, "no record with a score" in nothing.stderr) == (2, True)
    hand_in(predictions())
    free = run("leaderboard", "fruit", "--plot", "a.svg", "--of", "cost")
    assert (free.exit_code, "nothing was charged" in free.stderr) == (2, True)
    assert not Path("a.svg").exists()


@pytest.mark.usefixtures("graded")
def test_only_svg_files_are_written() -> None:
    """A file that is no SVG file by its name is left alone, whatever it is."""
    Path("main.py").write_text("mine", encoding="utf-8")
    result = run("leaderboard", "fruit", "--plot", "main.py")
    assert (result.exit_code, "fruit.svg" in result.stderr) == (2, True)
    assert Path("main.py").read_text(encoding="utf-8") == "mine"


@pytest.mark.usefixtures("graded")
def test_plot_by_an_unknown_metric() -> None:
    """A metric that is none of the task's is refused as it is for the table."""
    assert "accuracy, f1" in run("leaderboard", "fruit", "--plot", "a.svg", "--by", "rmse").stderr
