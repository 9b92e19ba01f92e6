"""Grade many submissions one after the other."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

import pytest
from filelock import FileLock

from arena.errors import ArenaError, InfrastructureError, TaskError, UsageError
from arena.intake.shelf import Entry, entries
from arena.model.message import Message
from arena.model.outcome import Outcome
from arena.model.task import Task
from arena.pipeline.grade import Graded
from arena.pipeline.stages import Stages
from arena.sandbox.interface import SandboxUnavailableError
from arena.worker import Result, exit_code, grade_all, scratch_folder, sweep
from tests.conftest import TRUTH, FakeLauncher, predictions, write_files

Load = Callable[[str], Task]


@pytest.fixture
def load(task: Task) -> Load:
    """Load the only task there is."""

    def loaded(task_id: str) -> Task:
        if task_id == "broken":
            raise TaskError("task.not_built", task=task_id)
        if task_id != "fruit":
            raise UsageError("task.unknown", task=task_id, known="fruit")
        return task

    return loaded


def _all(shelf: Path, load: Load, stages: Stages, *, again: bool = False) -> list[Result]:
    return list(grade_all(list(entries(shelf)), load=load, stages=stages, again=again))


def _summary(results: Iterable[Result]) -> dict[str, tuple[str | None, Outcome]]:
    return {result.entry.label: (result.team, result.graded.outcome) for result in results}


def test_continues(tmp_path: Path, load: Load, stages: Stages, launcher: FakeLauncher) -> None:
    """An entry that cannot be graded, for whatever reason, does not stop those after it."""
    launcher.will(SandboxUnavailableError("sandbox.no_bwrap", reason="none"))
    shelf = write_files(
        tmp_path / "shelf",
        {
            "broken/asha/a.csv": predictions(),
            "fruit/asha/a.csv": predictions(),
            "fruit/asha/b/main.py": "x = 1",
            "fruit/not a team/a.csv": predictions(),
            "fruit/public/a.csv": predictions(),
            "fruit/zara/bad.csv": "no table",
            "fruit/zara/good.csv": predictions(TRUTH),
            "nowhere/asha/a.csv": predictions(),
        },
    )
    assert _summary(_all(shelf, load, stages)) == {
        "broken/asha/a.csv": ("asha", Outcome.TASK_ERROR),
        "fruit/asha/a.csv": ("asha", Outcome.SCORED),
        "fruit/asha/b": ("asha", Outcome.INFRASTRUCTURE_ERROR),
        "fruit/not a team/a.csv": (None, Outcome.REJECTED),
        "fruit/public/a.csv": (None, Outcome.REJECTED),
        "fruit/zara/bad.csv": ("zara", Outcome.INVALID_PREDICTIONS),
        "fruit/zara/good.csv": ("zara", Outcome.SCORED),
        "nowhere/asha/a.csv": ("asha", Outcome.REJECTED),
    }


def test_one_at_a_time(tmp_path: Path, load: Load, stages: Stages) -> None:
    """Results come as they are made, so that progress can be shown and an interruption loses nothing done."""
    shelf = write_files(tmp_path / "shelf", {f"fruit/team{n}/a.csv": predictions() for n in range(3)})
    results = grade_all(list(entries(shelf)), load=load, stages=stages, again=False)
    assert next(results).graded.is_new
    assert len(list(stages.ledger.records("fruit"))) == 1


def test_canonical_team(tmp_path: Path, load: Load, stages: Stages) -> None:
    """A team's folder may be spelt in capitals; its records have the one id."""
    shelf = write_files(tmp_path / "shelf", {"fruit/Rahim/a.csv": predictions()})
    (result,) = _all(shelf, load, stages)
    assert result.graded.record is not None
    assert result.team == result.graded.record.team == "rahim"


def test_again(tmp_path: Path, load: Load, stages: Stages) -> None:
    """A second run grades nothing anew, and one with `again` everything."""
    shelf = write_files(tmp_path / "shelf", {"fruit/asha/a.csv": predictions(), "fruit/zara/a.csv": predictions()})
    assert [result.graded.is_new for result in _all(shelf, load, stages)] == [True, True]
    assert [result.graded.is_new for result in _all(shelf, load, stages)] == [False, False]
    results = _all(shelf, load, stages, again=True)
    assert [result.graded.record.evaluation for result in results if result.graded.record] == [2, 2]


def test_machine_fails(tmp_path: Path, load: Load, stages: Stages) -> None:
    """A disk that fails is the machine's fault and is told as such, not as a crash of the run."""
    shelf = write_files(tmp_path / "shelf", {"fruit/asha/a.csv": predictions(), "fruit/zara/a.csv": predictions()})
    write_files(stages.state, {"logs": b"a file where a folder should be"})
    results = _all(shelf, load, stages)
    assert [result.graded.messages[0].id for result in results] == ["machine.failed"] * 2
    assert exit_code(results) == 5


def test_vanished(tmp_path: Path, load: Load, stages: Stages) -> None:
    """An entry that vanishes before its turn is rejected as unreadable, and the next one graded."""
    shelf = write_files(tmp_path / "shelf", {"fruit/asha/a.csv": predictions(), "fruit/zara/a.csv": predictions()})
    found = list(entries(shelf))
    found[0].path.unlink()
    results = list(grade_all(found, load=load, stages=stages, again=False))
    assert [result.graded.outcome for result in results] == [Outcome.REJECTED, Outcome.SCORED]
    assert results[0].graded.messages[0].id == "submission.unreadable"


def test_leaves_no_scratch(tmp_path: Path, load: Load, stages: Stages) -> None:
    """After a run no scratch folder, lock of one or frozen copy is left, whatever happened in it."""
    shelf = write_files(tmp_path / "shelf", {"fruit/asha/a.csv": predictions(), "fruit/zara/x": "no submission"})
    _all(shelf, load, stages)
    assert list((stages.state / "scratch").iterdir()) == []


def test_scratch_folder(tmp_path: Path) -> None:
    """A scratch folder is there for its caller alone, and gone afterwards, also after an error."""
    with scratch_folder(tmp_path) as one, scratch_folder(tmp_path) as other:
        assert one != other
        assert one.is_dir()
        write_files(one, {"a/b": b""})
    assert not one.exists()
    with pytest.raises(ValueError, match="mine"), scratch_folder(tmp_path) as third:
        raise ValueError("mine")
    assert not third.exists()
    sweep(tmp_path)
    assert list((tmp_path / "scratch").iterdir()) == []


def test_sweep(tmp_path: Path) -> None:
    """What a killed process left is removed; what a living one holds stays."""
    scratch = tmp_path / "scratch"
    write_files(scratch, {"dead/submission/main.py": b"", "dead.lock": b"", "empty.lock": b""})
    with scratch_folder(tmp_path) as alive, FileLock(scratch / "starting.lock"):
        write_files(alive, {"main.py": b""})
        assert sweep(tmp_path) == 1
        assert (alive / "main.py").is_file()
        assert (scratch / "starting.lock").exists()
        assert {path.name for path in scratch.iterdir()} == {alive.name, f"{alive.name}.lock", "starting.lock"}


def test_sweep_nothing(tmp_path: Path) -> None:
    """Where no scratch folder ever was there is nothing to sweep."""
    assert sweep(tmp_path) == 0


def _result(outcome: Outcome) -> Result:
    graded = Graded(outcome=outcome, messages=(Message.of("x"),), record=None, is_new=False)
    return Result(entry=Entry(task="fruit", team="asha", path=Path("a.csv")), team="asha", graded=graded)


@pytest.mark.parametrize(
    ("outcomes", "code"),
    [
        ([], 0),
        ([Outcome.SCORED], 0),
        ([Outcome.SCORED, Outcome.CRASHED, Outcome.REJECTED, Outcome.DENIED, Outcome.NO_PREDICTIONS], 0),
        ([Outcome.SCORED, Outcome.TASK_ERROR], 4),
        ([Outcome.INFRASTRUCTURE_ERROR, Outcome.SCORED], 5),
        ([Outcome.TASK_ERROR, Outcome.INFRASTRUCTURE_ERROR, Outcome.TASK_ERROR], 5),
        ([Outcome.CANCELLED], 5),
    ],
)
def test_exit_code(outcomes: list[Outcome], code: int) -> None:
    """Failing submissions never fail a run; a task that fails does, and this machine before it."""
    assert exit_code([_result(outcome) for outcome in outcomes]) == code


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        (TaskError("task.not_built", task="x"), Outcome.TASK_ERROR),
        (InfrastructureError("machine.failed", reason="x"), Outcome.INFRASTRUCTURE_ERROR),
        (UsageError("task.unknown", task="x", known="y"), Outcome.REJECTED),
    ],
)
def test_faults_never_merge(tmp_path: Path, stages: Stages, error: ArenaError, outcome: Outcome) -> None:
    """An error keeps whose fault it is, and its message keeps its parameters."""
    shelf = write_files(tmp_path / "shelf", {"fruit/asha/a.csv": predictions()})

    def fails(task_id: str) -> Task:
        del task_id
        raise error

    (result,) = _all(shelf, fails, replace(stages))
    assert result.graded.outcome is outcome
    assert result.graded.messages[0] == Message.of(error.message_id, **{k: str(v) for k, v in error.params.items()})
    assert (result.graded.record, result.graded.is_new) == (None, False)
