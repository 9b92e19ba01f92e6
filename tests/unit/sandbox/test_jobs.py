"""What each kind of submission runs, and what it sees."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arena.intake.weights import FORMATS
from arena.model.device import DeviceKind
from arena.model.metric import Needs
from arena.model.submission import Kind, Submission
from arena.model.task import Task
from arena.sandbox import jobs
from arena.sandbox.interface import Job
from tests.conftest import FRUIT, START

TRAIN, TEST = "/kaggle/input/fruit/train.csv", "/kaggle/input/fruit/test.csv"
MASKS = (Path("/runtime/titanic.csv"),)


def _submission(tmp_path: Path, kind: Kind, entry: str) -> Submission:
    return Submission(
        task="fruit",
        team="rahim",
        digest="ab" * 32,
        kind=kind,
        entry=entry,
        files=(),
        root=tmp_path / "submission",
        received_at=START,
    )


def _program(task: Task, tmp_path: Path, entry: str = "main.py", cells: bytes | None = None) -> Job:
    submission = _submission(tmp_path, Kind.PROGRAM, entry)
    return jobs.program_job(submission, task, cells=cells, budget=task.budget, scratch=tmp_path, masks=MASKS)


def _fit(task: Task, tmp_path: Path) -> Job:
    submission = _submission(tmp_path, Kind.MODEL, "model.py")
    return jobs.fit_job(submission, task, budget=task.budget, scratch=tmp_path, masks=MASKS)


def _predict(task: Task, tmp_path: Path) -> Job:
    left = jobs.left_of(task.budget, wall_s=5, cpu_s=4)
    return jobs.predict_job(
        _submission(tmp_path, Kind.MODEL, "model.py"),
        task,
        fitted=b"fitted model",
        budget=left,
        scratch=tmp_path,
        masks=MASKS,
    )


def _with_images(task: Task, tmp_path: Path) -> tuple[Task, dict[str, Path]]:
    """The task with images beside its tables, and where they lie unpacked."""
    data = replace(task.data, train_files=("a.zip", "a.npz"), test_files=("b.zip", "b.npz"))
    return replace(task, work=data), {"a.zip": tmp_path / "unpacked" / "1", "b.zip": tmp_path / "unpacked" / "2"}


def _artifact(task: Task, tmp_path: Path) -> Job:
    submission = _submission(tmp_path, Kind.ARTIFACT, "model.onnx")
    return jobs.artifact_job(submission, task, budget=task.budget, scratch=tmp_path, masks=MASKS)


def _every_job(task: Task, tmp_path: Path) -> dict[str, Job]:
    return {
        "program": _program(task, tmp_path),
        "notebook": _program(task, tmp_path, "my.ipynb", b"[]"),
        "fit": _fit(task, tmp_path),
        "predict": _predict(task, tmp_path),
        "artifact": _artifact(task, tmp_path),
    }


def _targets(job: Job) -> set[str]:
    return {mount.target for mount in job.mounts}


def _spec(job: Job) -> dict[str, Any]:
    """What the guest is told, found as the guest finds it: by its second argument."""
    (source,) = [mount.source for mount in job.mounts if mount.target == job.arguments[1]]
    spec: dict[str, Any] = json.loads(source.read_bytes())
    return spec


def test_program(task: Task, tmp_path: Path) -> None:
    """A program runs its entry file beside every public file, and may leave its table of predictions."""
    job = _program(task, tmp_path)
    assert (job.module, job.arguments) == ("program", ("/kaggle/src/main.py",))
    assert _targets(job) == {"/kaggle/src", TRAIN, TEST, "/kaggle/input/fruit/sample_submission.csv"}
    assert job.outputs == ("submission.csv",)
    assert job.budget == task.budget


def test_notebook(task: Task, tmp_path: Path) -> None:
    """A notebook's converted cells are mounted as a file of ours, and tracebacks name the notebook."""
    job = _program(task, tmp_path, "my.ipynb", b'[[1, "x"]]')
    assert (job.module, job.arguments) == ("notebook", ("/arena/job/cells.json", "/kaggle/src/my.ipynb"))
    (cells,) = [mount.source for mount in job.mounts if mount.target == "/arena/job/cells.json"]
    assert cells.read_bytes() == b'[[1, "x"]]'


def test_fit_never_sees_test(task: Task, tmp_path: Path) -> None:
    """Fitting sees the training table and neither the test table nor the sample: nothing can be fitted to them."""
    job = _fit(task, tmp_path)
    assert _targets(job) == {"/kaggle/src", TRAIN, "/arena/job/fit.json"}
    assert job.outputs == ("model.pkl",)
    assert _spec(job)["table"] == TRAIN


def test_predict_never_sees_train(task: Task, tmp_path: Path) -> None:
    """Predicting sees the test table and the fitted model, and not the training table."""
    job = _predict(task, tmp_path)
    assert _targets(job) == {"/kaggle/src", TEST, "/arena/job/predict.json", "/arena/job/model.pkl"}
    assert job.outputs == ("submission.csv",)
    assert _spec(job)["table"] == TEST
    (model,) = [mount.source for mount in job.mounts if mount.target == _spec(job)["model"]]
    assert model.read_bytes() == b"fitted model"


def test_images(task: Task, tmp_path: Path) -> None:
    """A program sees each packed file as the folder that it was unpacked to, and the others as files."""
    task, folders = _with_images(task, tmp_path)
    submission = _submission(tmp_path, Kind.PROGRAM, "main.py")
    job = jobs.program_job(
        submission, task, cells=None, budget=task.budget, scratch=tmp_path, masks=MASKS, folders=folders
    )
    shown = {mount.target.removeprefix("/kaggle/input/fruit/"): mount.source for mount in job.mounts}
    assert (shown["a"], shown["b"]) == (folders["a.zip"], folders["b.zip"])
    assert (shown["a.npz"], shown["b.npz"]) == (task.public_dir / "a.npz", task.public_dir / "b.npz")
    assert not {"a.zip", "b.zip"} & set(shown)


def test_images_of_each_phase(task: Task, tmp_path: Path) -> None:
    """While a model is fitted only the training side's images are there; while it predicts, only the test side's."""
    task, folders = _with_images(task, tmp_path)
    submission = _submission(tmp_path, Kind.MODEL, "model.py")
    fit = jobs.fit_job(submission, task, budget=task.budget, scratch=tmp_path, masks=MASKS, folders=folders)
    predict = jobs.predict_job(
        submission, task, fitted=b"", budget=task.budget, scratch=tmp_path, masks=MASKS, folders=folders
    )
    at = "/kaggle/input/fruit"
    assert _targets(fit) == {"/kaggle/src", TRAIN, f"{at}/a", f"{at}/a.npz", "/arena/job/fit.json"}
    assert _targets(predict) == {
        *("/kaggle/src", TEST, f"{at}/b", f"{at}/b.npz"),
        *("/arena/job/predict.json", "/arena/job/model.pkl"),
    }


def test_predict_has_what_is_left(task: Task, tmp_path: Path) -> None:
    """Predicting may spend what fitting left of the attempt's budget, and as much memory and disk."""
    assert _predict(task, tmp_path).budget == replace(task.budget, wall_seconds=15, cpu_seconds=6)


def test_artifact_never_sees_train(task: Task, tmp_path: Path) -> None:
    """Trained weights see the test table, what the metric takes and the labels, and nothing to train on."""
    job = _artifact(task, tmp_path)
    assert (job.module, job.outputs) == ("artifact", ("submission.csv",))
    assert _targets(job) == {"/kaggle/src", TEST, "/arena/job/artifact.json"}
    (source,) = [mount.source for mount in job.mounts if mount.target == job.arguments[0]]
    assert json.loads(source.read_bytes()) == {
        "folder": "/kaggle/src",
        "weights": "model.onnx",
        "id": "id",
        "predicted": ["ripe"],
        "labels": [0, 1],
        "needs": "label",
        "table": TEST,
        "arrays": None,
    }


def test_artifact_sees_the_test_side(task: Task, tmp_path: Path) -> None:
    """Of files beside the tables, weights see those of the test rows; the array among them is what they are given."""
    with_images, folders = _with_images(task, tmp_path)
    job = jobs.artifact_job(
        _submission(tmp_path, Kind.ARTIFACT, "model.onnx"),
        with_images,
        budget=task.budget,
        scratch=tmp_path,
        masks=MASKS,
        folders=folders,
    )
    there = {f"/kaggle/input/fruit/{name}" for name in ("test.csv", "b", "b.npz")}
    assert _targets(job) == {"/kaggle/src", "/arena/job/artifact.json", *there}
    assert json.loads((tmp_path / "artifact.json").read_bytes())["arrays"] == "/kaggle/input/fruit/b.npz"


@pytest.mark.parametrize("suffix", FORMATS)
def test_each_format_has_a_library(tmp_path: Path, suffix: str) -> None:
    """What is taken in can be loaded where its library is, and nowhere else; a library may have several builds."""
    submission = _submission(tmp_path, Kind.ARTIFACT, f"Model{suffix.upper()}")
    lacking = jobs.library_lacking(submission, {"numpy": "2.0"})
    assert lacking is not None
    assert lacking[0] == suffix
    assert jobs.library_lacking(submission, {lacking[1]: "1.0"}) is None
    assert jobs.library_lacking(submission, {f"{lacking[1]}-gpu": "1.0"}) is None


def test_spec(task: Task, tmp_path: Path) -> None:
    """The guest is told the columns by name and the folder of the submission."""
    for job in (_fit(task, tmp_path), _predict(task, tmp_path)):
        spec = _spec(job)
        assert (spec["folder"], spec["id"]) == ("/kaggle/src", "id")
        assert (spec["target"], spec["predicted"]) == (["ripe"], ["ripe"])


@pytest.mark.parametrize(("max_bytes", "most"), [(2**20, 64 * 2**20), (2**29, 2**29)])
def test_size_of_predictions(task: Task, tmp_path: Path, max_bytes: int, most: int) -> None:
    """The table that a job writes may weigh 64 MiB, or as much as one that is handed in, where that is more."""
    large = replace(task, submissions=replace(task.submissions, max_bytes=max_bytes))
    assert _program(large, tmp_path).output_max_bytes == most
    assert _predict(large, tmp_path).output_max_bytes == most


def test_spec_of_several_columns(task: Task, tmp_path: Path) -> None:
    """Where probabilities are predicted, the predicted columns are the labels, and the target stays one."""
    spec = _spec(_predict(replace(task, work=replace(task.data, needs=Needs.PROBABILITIES)), tmp_path))
    assert (spec["target"], spec["predicted"]) == (["ripe"], ["0", "1"])


@pytest.mark.parametrize("name", ["program", "notebook", "fit", "predict", "artifact"])
def test_what_none_sees(task: Task, tmp_path: Path, name: str) -> None:
    """No job of a submission sees the task's folder, its source data, its recipe or a folder of its public files."""
    job = _every_job(task, tmp_path)[name]
    hidden = (task.root, task.root / "source", task.root / "prepare.py", task.public_dir)
    for mount in job.mounts:
        assert mount.source not in hidden
        assert not any(secret.is_relative_to(mount.source) for secret in hidden)
        assert not mount.source.is_relative_to(task.root / "source")
    assert job.masks == MASKS


@pytest.mark.parametrize("name", ["program", "notebook", "fit", "predict", "artifact"])
def test_environment(task: Task, tmp_path: Path, name: str) -> None:
    """A job knows the task, its folders and the task's seed, and no more."""
    assert _every_job(task, tmp_path)[name].environment == {
        "ARENA_TASK": "fruit",
        "ARENA_INPUT": "/kaggle/input/fruit",
        "ARENA_OUTPUT": "/kaggle/working",
        "ARENA_SEED": str(task.seed),
    }


def test_written_files_are_readable(task: Task, tmp_path: Path) -> None:
    """Files that we write for the guest can be read by the account that it runs as."""
    for job in _every_job(task, tmp_path).values():
        written = [mount.source for mount in job.mounts if mount.target.startswith("/arena/job/")]
        assert all(path.stat().st_mode & 0o004 for path in written)


def test_prepare(task: Task) -> None:
    """A task's recipe sees its source data where a submission sees its inputs, has no masks and a budget of its own."""
    job = jobs.prepare_job(task, ["public/train.csv", "answers.csv"])
    assert {mount.target: mount.source for mount in job.mounts} == {
        "/kaggle/src/prepare.py": task.root / "prepare.py",
        "/kaggle/input/fruit": task.root / "source",
    }
    assert job.outputs == ("public/train.csv", "answers.csv")
    assert job.masks == ()
    assert job.budget.wall_seconds > task.budget.wall_seconds


@given(st.floats(0, 1e6), st.floats(0, 1e6))
def test_left_of(wall_s: float, cpu_s: float) -> None:
    """What is left is never more than there was and never nothing, so that a kill names the limit that it broke."""
    left = jobs.left_of(FRUIT.budget, wall_s=wall_s, cpu_s=cpu_s)
    assert 0 < left.wall_seconds <= FRUIT.budget.wall_seconds
    assert 0 < left.cpu_seconds <= FRUIT.budget.cpu_seconds
    assert left.memory_bytes == FRUIT.budget.memory_bytes
    assert left.device_seconds is None


def test_left_of_a_lease() -> None:
    """Leased seconds go down with the clock; where the task names none, there are none to go down."""
    spends = replace(FRUIT.budget, cpu_slot_seconds=8, gpu_seconds=3)
    assert jobs.on_device(spends, DeviceKind.GPU).device_seconds == 3
    budget = jobs.on_device(spends, DeviceKind.CPU_SLOT)
    assert budget.device_seconds == 8
    assert jobs.left_of(budget, wall_s=3, cpu_s=0).device_seconds == 5
    assert jobs.left_of(budget, wall_s=30, cpu_s=0).device_seconds == 0.1


@pytest.mark.parametrize(
    ("kind", "entry", "expected"),
    [
        (Kind.PROGRAM, "main.py", False),
        (Kind.PROGRAM, "My.IPYNB", True),
        (Kind.MODEL, "model.py", False),
        (Kind.PREDICTIONS, "x.ipynb", False),
    ],
)
def test_is_notebook(tmp_path: Path, kind: Kind, entry: str, expected: bool) -> None:  # noqa: FBT001
    """A notebook is a program whose entry is named so, in whatever case."""
    assert jobs.is_notebook(_submission(tmp_path, kind, entry)) is expected
