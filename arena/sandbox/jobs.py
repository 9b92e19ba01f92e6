"""What each kind of submission runs, and what it sees while it does."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path, PurePosixPath

from arena.model.budget import Budget
from arena.model.device import DeviceKind
from arena.model.submission import Kind, Submission
from arena.model.task import Task, shown_as
from arena.sandbox.interface import Job, Mount
from arena.sandbox.view import WORKING

SUBMISSION = "submission.csv"
FITTED = "model.pkl"
_SOURCE = "/kaggle/src"
_JOB = "/arena/job"
# What loads each format of weights inside.
_LIBRARIES = {
    ".onnx": "onnxruntime",
    ".pt": "torch",
    ".pth": "torch",
    ".ts": "torch",
    ".pt2": "torch",
    ".keras": "keras",
    ".skops": "skops",
    ".txt": "lightgbm",
}
# What a table of predictions may weigh: it is read into memory.
MAX_PREDICTIONS_BYTES = 64 * 1024**2

# Where this machine keeps each of a task's packed files unpacked.
Folders = Mapping[str, Path]
_NO_FOLDERS: Folders = {}


def max_predictions_bytes(task: Task) -> int:
    """What the table of a program or a model may weigh: as much as one that is handed in, where that is more."""
    return max(MAX_PREDICTIONS_BYTES, task.submissions.max_bytes)


def inputs_at(task: Task) -> str:
    """Where a task's files lie inside, as on Kaggle."""
    return f"/kaggle/input/{task.id}"


def program_job(
    submission: Submission,
    task: Task,
    *,
    cells: bytes | None,
    budget: Budget,
    scratch: Path,
    masks: Sequence[Path],
    folders: Folders = _NO_FOLDERS,
) -> Job:
    """A script, or a notebook of which ``cells`` are the converted code cells as JSON."""
    script = f"{_SOURCE}/{submission.entry}"
    mounts = [_source(submission), *_public(task, task.data.public_files, folders)]
    arguments: tuple[str, ...] = (script,)
    if cells is not None:
        mounts.append(_written(scratch / "cells.json", cells))
        arguments = (f"{_JOB}/cells.json", script)
    return Job(
        module="program" if cells is None else "notebook",
        arguments=arguments,
        mounts=tuple(mounts),
        environment=_environment(task),
        budget=budget,
        outputs=(SUBMISSION,),
        output_max_bytes=max_predictions_bytes(task),
        masks=tuple(masks),
    )


def fit_job(
    submission: Submission,
    task: Task,
    *,
    budget: Budget,
    scratch: Path,
    masks: Sequence[Path],
    folders: Folders = _NO_FOLDERS,
) -> Job:
    """The first of a model's two processes: it sees the training table, and what belongs to it, only."""
    spec = _spec(task, task.data.train)
    return Job(
        module="model",
        arguments=("fit", f"{_JOB}/fit.json"),
        mounts=(
            _source(submission),
            *_public(task, task.data.train_side, folders),
            _written(scratch / "fit.json", spec),
        ),
        environment=_environment(task),
        budget=budget,
        outputs=(FITTED,),
        output_max_bytes=budget.disk_bytes,
        masks=tuple(masks),
    )


def predict_job(
    submission: Submission,
    task: Task,
    *,
    fitted: bytes,
    budget: Budget,
    scratch: Path,
    masks: Sequence[Path],
    folders: Folders = _NO_FOLDERS,
) -> Job:
    """The second: it sees the fitted model, the test table and what belongs to it."""
    return Job(
        module="model",
        arguments=("predict", f"{_JOB}/predict.json"),
        mounts=(
            _source(submission),
            *_public(task, task.data.test_side, folders),
            _written(scratch / "predict.json", _spec(task, task.data.test)),
            _written(scratch / FITTED, fitted),
        ),
        environment=_environment(task),
        budget=budget,
        outputs=(SUBMISSION,),
        output_max_bytes=max_predictions_bytes(task),
        masks=tuple(masks),
    )


def artifact_job(
    submission: Submission,
    task: Task,
    *,
    budget: Budget,
    scratch: Path,
    masks: Sequence[Path],
    folders: Folders = _NO_FOLDERS,
) -> Job:
    """Trained weights: they see the test rows, and nothing is left to train on."""
    # One by itself: of several nobody can tell which are the rows.
    arrays = [name for name in task.data.test_files if name.endswith(".npz")]
    spec = {
        "folder": _SOURCE,
        "weights": submission.entry,
        "id": task.data.id,
        "predicted": task.data.predicted,
        "labels": task.data.labels,
        "needs": task.data.needs.value,
        "table": f"{inputs_at(task)}/{task.data.test}",
        "arrays": f"{inputs_at(task)}/{arrays[0]}" if len(arrays) == 1 else None,
    }
    return Job(
        module="artifact",
        arguments=(f"{_JOB}/artifact.json",),
        mounts=(
            _source(submission),
            *_public(task, task.data.test_side, folders),
            _written(scratch / "artifact.json", json.dumps(spec).encode()),
        ),
        environment=_environment(task),
        budget=budget,
        outputs=(SUBMISSION,),
        output_max_bytes=max_predictions_bytes(task),
        masks=tuple(masks),
    )


def library_lacking(submission: Submission, packages: Mapping[str, str]) -> tuple[str, str] | None:
    """The suffix of the weights and the package that loads them, where the runtime has none."""
    suffix = PurePosixPath(submission.entry).suffix.casefold()
    wanted = _LIBRARIES[suffix]
    # ONNX Runtime is built under several names, such as onnxruntime-gpu.
    has = any(name == wanted or name.startswith(f"{wanted}-") for name in packages)
    return None if has else (suffix, wanted)


def on_device(budget: Budget, kind: DeviceKind) -> Budget:
    """The budget of an attempt that runs on a leased device of this kind."""
    seconds = budget.gpu_seconds if kind is DeviceKind.GPU else budget.cpu_slot_seconds
    return replace(budget, device_seconds=seconds)


def left_of(budget: Budget, *, wall_s: float, cpu_s: float) -> Budget:
    """What the next process of the same attempt may still spend; never nothing, so that the kill names the limit."""
    leased = None if budget.device_seconds is None else max(budget.device_seconds - wall_s, 0.1)
    return replace(
        budget,
        wall_seconds=max(budget.wall_seconds - wall_s, 0.1),
        cpu_seconds=max(budget.cpu_seconds - cpu_s, 0.1),
        device_seconds=leased,
    )


def prepare_job(task: Task, outputs: Sequence[str]) -> Job:
    """A task's recipe: it sees the task's source data and leaves public files and answers."""
    return Job(
        module="program",
        arguments=(f"{_SOURCE}/prepare.py",),
        mounts=(
            Mount(source=task.root / "prepare.py", target=f"{_SOURCE}/prepare.py"),
            Mount(source=task.root / "source", target=inputs_at(task)),
        ),
        environment=_environment(task),
        budget=replace(task.budget, wall_seconds=600, cpu_seconds=600, disk_bytes=2 * 1024**3),
        outputs=tuple(outputs),
        output_max_bytes=1024**3,
    )


def is_notebook(submission: Submission) -> bool:
    """Whether the program is a notebook."""
    return submission.kind is Kind.PROGRAM and submission.entry.casefold().endswith(".ipynb")


def _environment(task: Task) -> dict[str, str]:
    return {
        "ARENA_TASK": task.id,
        "ARENA_INPUT": inputs_at(task),
        "ARENA_OUTPUT": WORKING,
        "ARENA_SEED": str(task.seed),
    }


def _source(submission: Submission) -> Mount:
    return Mount(source=submission.root, target=_SOURCE)


def _public(task: Task, names: Sequence[str], folders: Folders) -> list[Mount]:
    return [
        Mount(
            source=folders[name] if name in task.packed else task.public_dir / name,
            target=f"{inputs_at(task)}/{shown_as(name)}",
        )
        for name in names
    ]


def _spec(task: Task, table: str) -> bytes:
    return json.dumps(
        {
            "folder": _SOURCE,
            "id": task.data.id,
            "target": task.data.target,
            "predicted": task.data.predicted,
            "table": f"{inputs_at(task)}/{table}",
            "model": f"{_JOB}/{FITTED}",
        }
    ).encode()


def _written(path: Path, data: bytes) -> Mount:
    path.write_bytes(data)
    path.chmod(0o644)
    return Mount(source=path, target=f"{_JOB}/{path.name}")
