"""Run a submission and hold its table against the contract, without answers."""

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from arena.errors import InfrastructureError
from arena.intake.receive import Rejected, receive
from arena.model.outcome import Outcome
from arena.model.submission import Kind
from arena.model.task import Task
from arena.pipeline.attempt import Attempt, attempt
from arena.pipeline.stages import Stages
from arena.sandbox.interface import Exited, Killed, KillReason
from arena.sandbox.runtime import Runtime
from tests.conftest import START, FakeLauncher, finished, predictions, write_files

Try = Callable[..., Attempt]
DONE = finished({"submission.csv": predictions()})
FITTED = finished({"model.pkl": b"fitted"}, log=b"fitting\n")
MODEL = {"model.py": "class Model: ..."}


@pytest.fixture
def try_out(tmp_path: Path, task: Task, stages: Stages) -> Try:
    """Receive files and try them. There are no answers in this vault: none are needed."""

    def tried(files: Mapping[str, bytes | str], task: Task = task) -> Attempt:
        (stages.vault.folder / "fruit" / task.digest / "answers.csv").unlink(missing_ok=True)
        source = write_files(tmp_path / "source", files)
        received = receive(source, tmp_path / "received", task=task, team="rahim", received_at=START)
        assert not isinstance(received, Rejected)
        (tmp_path / "scratch").mkdir()
        return attempt(received, task, stages, tmp_path / "scratch", name="a")

    return tried


def _notebook(*cells: str) -> str:
    code = [{"cell_type": "code", "source": cell, "metadata": {}, "outputs": []} for cell in cells]
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": code})


def test_predictions(try_out: Try, launcher: FakeLauncher) -> None:
    """A table of predictions is only read: aligned codes come out, and nothing is run or asked of the runtime."""
    ended = try_out({"mine.csv": predictions("101100110111")})
    assert ended.predictions is not None
    assert ended.predictions.values.tolist() == [1, 0, 1, 1, 0, 0, 1, 1, 0, 1, 1, 1]
    assert (ended.outcome, ended.messages, ended.protections) == (Outcome.SCORED, (), ())
    assert launcher.jobs == []


def test_program(try_out: Try, launcher: FakeLauncher) -> None:
    """A program that leaves a good table is as good as its table."""
    launcher.will(DONE)
    ended = try_out({"main.py": ""})
    assert ended.predictions is not None
    assert ended.protections == ("pretence",)
    assert ended.log == b"hello from inside\n"


@pytest.mark.parametrize("table", [b"", b"\xff\xfe", b"id,ripe\n101,1\n", b"\0" * 100])
def test_bad_table(try_out: Try, launcher: FakeLauncher, table: bytes) -> None:
    """What a program leaves is read as hostile bytes: a table that is none is invalid, with its cost."""
    launcher.will(finished({"submission.csv": table}))
    ended = try_out({"main.py": ""})
    assert (ended.outcome, ended.predictions) == (Outcome.INVALID_PREDICTIONS, None)
    assert ended.messages
    assert ended.usage.wall_s == 1.5


def test_parquet_by_name_only(try_out: Try, launcher: FakeLauncher) -> None:
    """What a program leaves is CSV, whatever its bytes say."""
    launcher.will(finished({"submission.csv": b"PAR1" + bytes(100)}))
    assert try_out({"main.py": ""}).messages[0].id == "predictions.not_csv"


def test_failed_run(try_out: Try, launcher: FakeLauncher) -> None:
    """A run that fails has its verdict, and a table that it left all the same is not looked at."""
    launcher.will(finished({"submission.csv": predictions()}, ending=Killed(KillReason.WALL)))
    ended = try_out({"main.py": ""})
    assert (ended.outcome, ended.predictions) == (Outcome.TIME_EXCEEDED, None)


def test_model(try_out: Try, launcher: FakeLauncher, task: Task) -> None:
    """A model runs twice; what it costs is the sum, its log both logs, and the second gets what the first left."""
    launcher.will(FITTED, finished({"submission.csv": predictions()}, log=b"predicting\n"))
    ended = try_out(MODEL)
    fit, predict = launcher.jobs
    assert ended.predictions is not None
    assert (ended.usage.wall_s, ended.usage.cpu_s, ended.log) == (3.0, 2.5, b"fitting\npredicting\n")
    assert (fit.arguments[0], predict.arguments[0]) == ("fit", "predict")
    assert predict.budget == replace(task.budget, wall_seconds=18.5, cpu_seconds=8.75)


@pytest.mark.parametrize(
    ("fit", "outcome", "message"),
    [
        (finished(ending=Exited(1)), Outcome.CRASHED, "run.crashed"),
        (finished(faults={"model.pkl": "missing"}), Outcome.NO_PREDICTIONS, "run.no_predictions"),
        (finished(ending=Killed(KillReason.MEMORY)), Outcome.MEMORY_EXCEEDED, "run.memory_exceeded"),
    ],
)
def test_model_fails_to_fit(try_out: Try, launcher: FakeLauncher, fit: object, outcome: Outcome, message: str) -> None:
    """A model that fails while it fits never gets to see the test table."""
    launcher.will(fit)  # type: ignore[arg-type]  # it is a Finished
    ended = try_out(MODEL)
    assert (ended.outcome, ended.messages[0].id) == (outcome, message)
    assert len(launcher.jobs) == 1


def test_model_fails_to_predict(try_out: Try, launcher: FakeLauncher) -> None:
    """A model that fails while it predicts has paid for both."""
    launcher.will(FITTED, finished(ending=Exited(3)))
    ended = try_out(MODEL)
    assert (ended.outcome, ended.usage.wall_s) == (Outcome.CRASHED, 3.0)


def test_folders(launcher: FakeLauncher, tmp_path: Path, task: Task, stages: Stages) -> None:
    """Where a task's packed files lie unpacked is asked once for an attempt, and every run of it sees them there."""
    asked = []

    def folders(of: Task) -> dict[str, Path]:
        asked.append(of.id)
        return {"a.zip": tmp_path / "a", "b.zip": tmp_path / "b"}

    task = replace(task, work=replace(task.data, train_files=("a.zip",), test_files=("b.zip",)))
    launcher.will(FITTED, DONE)
    submission = receive(
        write_files(tmp_path / "mine", MODEL), tmp_path / "in", task=task, team="rahim", received_at=START
    )
    assert not isinstance(submission, Rejected)
    attempt(submission, task, replace(stages, folders=folders), tmp_path, name="ab")
    fit, predict = ({mount.target: mount.source for mount in job.mounts} for job in launcher.jobs)
    assert (fit["/kaggle/input/fruit/a"], predict["/kaggle/input/fruit/b"]) == (tmp_path / "a", tmp_path / "b")
    assert asked == ["fruit"]


WEIGHTS = {"model.onnx": b"\x08\x09", "preprocess.py": ""}


@pytest.fixture
def with_onnx(runtime: Runtime) -> None:
    """The runtime can load ONNX."""
    metadata = "Metadata-Version: 2.1\nName: onnxruntime\nVersion: 1.20.0\n"
    write_files(runtime.site[0] / "onnxruntime-1.20.0.dist-info", {"METADATA": metadata})


@pytest.fixture
def taking_weights(task: Task) -> Task:
    """The task, which takes trained weights too, and has a budget for predicting."""
    rules = replace(task.submissions, accepts=(Kind.ARTIFACT,))
    return replace(task, submissions=rules, predict_budget=replace(task.budget, wall_seconds=5))


@pytest.mark.usefixtures("with_onnx")
def test_artifact(try_out: Try, launcher: FakeLauncher, taking_weights: Task) -> None:
    """Trained weights only predict: in one run, in the time that a model has for that."""
    launcher.will(DONE)
    ended = try_out(WEIGHTS, taking_weights)
    (job,) = launcher.jobs
    assert (ended.outcome, job.module) == (Outcome.SCORED, "artifact")
    assert job.budget.wall_seconds == 5


@pytest.mark.usefixtures("with_onnx")
def test_artifact_fails(try_out: Try, launcher: FakeLauncher, taking_weights: Task) -> None:
    """Weights that cannot be used have crashed."""
    launcher.will(finished(ending=Exited(1)))
    assert try_out(WEIGHTS, taking_weights).outcome is Outcome.CRASHED


def test_no_library_for_an_artifact(try_out: Try, launcher: FakeLauncher, taking_weights: Task) -> None:
    """Where the runtime cannot load the format, that is no fault of the weights'."""
    with pytest.raises(InfrastructureError) as caught:
        try_out(WEIGHTS, taking_weights)
    assert caught.value.message_id == "sandbox.runtime_lacks"
    assert caught.value.params == {"suffix": ".onnx", "package": "onnxruntime"}
    assert launcher.jobs == []


def test_notebook(try_out: Try, launcher: FakeLauncher) -> None:
    """A notebook is run by its converted cells."""
    launcher.will(DONE)
    ended = try_out({"my.ipynb": _notebook("%matplotlib inline\nx = 1", "y = 2")})
    (job,) = launcher.jobs
    assert (ended.outcome, job.module) == (Outcome.SCORED, "notebook")
    (cells,) = [mount.source for mount in job.mounts if mount.target == "/arena/job/cells.json"]
    assert [number for number, _ in json.loads(cells.read_bytes())] == [1, 2]


def test_unusable_notebook(try_out: Try, launcher: FakeLauncher) -> None:
    """A notebook that needs a shell is rejected with the number of its cell before anything runs."""
    ended = try_out({"my.ipynb": _notebook("x = 1", "!ls")})
    assert (ended.outcome, ended.messages[0].id) == (Outcome.REJECTED, "notebook.magic")
    assert ended.messages[0].params["cell"] == 2
    assert launcher.jobs == []


def test_requirements(try_out: Try, launcher: FakeLauncher) -> None:
    """What a submission asks to be installed is compared with the runtime, told, and never installed."""
    launcher.will(DONE)
    ended = try_out({"main.py": "", "requirements.txt": "pandas>=2\nscikit-learn==1.0\nxgboost\n???\n# none\n"})
    assert [note.id for note in ended.notes] == [
        "runtime.package_differs",
        "runtime.package_missing",
        "runtime.requirement_unreadable",
    ]
    assert ended.outcome is Outcome.SCORED


def test_requirements_of_a_notebook(try_out: Try, launcher: FakeLauncher) -> None:
    """A notebook's `!pip install` is noted in the same way and taken out of the cell."""
    launcher.will(DONE)
    ended = try_out({"my.ipynb": _notebook("!pip install -q xgboost pandas\nx = 1")})
    assert [note.id for note in ended.notes] == ["runtime.package_missing"]


def test_hostile_requirements(try_out: Try, launcher: FakeLauncher) -> None:
    """A requirements file of any bytes does not stop a program."""
    launcher.will(DONE)
    assert try_out({"main.py": "", "requirements.txt": b"\xff\xfe\0" * 1000}).outcome is Outcome.SCORED


def test_masks(launcher: FakeLauncher, stages: Stages, task: Task, tmp_path: Path) -> None:
    """Each of a submission's jobs gets the masks of its task."""
    launcher.will(FITTED, DONE)
    source = write_files(tmp_path / "masked", MODEL)
    received = receive(source, tmp_path / "frozen", task=task, team="rahim", received_at=START)
    assert not isinstance(received, Rejected)
    masked = replace(stages, masks=lambda of: (Path("/runtime") / of.id,))
    attempt(received, task, masked, tmp_path, name="a")
    assert [job.masks for job in launcher.jobs] == [(Path("/runtime/fruit"),)] * 2
