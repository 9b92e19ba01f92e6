"""A task is loaded whole, or everything that is wrong with it is told."""

import shutil
from datetime import datetime
from pathlib import Path

import pytest

from arena.catalog.tasks import load_task, statement, task_ids
from arena.errors import UsageError
from arena.metrics.table import METRICS
from arena.model.submission import Kind
from tests.conftest import write_files
from tests.unit.catalog.conftest import line_of, load, problems

FILE = "tasks/fruit/task.toml"


def test_load(root: Path) -> None:
    """Every setting is found in the task, sizes in bytes."""
    task = load(root)
    assert (task.id, task.kind, task.sealed, task.tags) == ("fruit", "prediction", False, ("tabular",))
    assert task.title == {"en": "Fruit: is it ripe?", "bn": "ফল: পেকেছে কি?"}
    assert (task.data.id, task.data.target, task.data.labels) == ("id", ("ripe",), (0, 1))
    assert task.data.public_files == ("train.csv", "test.csv", "sample_submission.csv")
    assert task.submissions.accepts == (Kind.PREDICTIONS, Kind.PROGRAM, Kind.MODEL)
    assert (task.submissions.max_bytes, task.submissions.per_day) == (2**20, 3)
    assert (task.metric, task.also) == ("accuracy", ("f1",))
    assert (task.budget.wall_seconds, task.budget.memory_bytes, task.budget.log_bytes) == (20, 512 * 2**20, 4096)
    assert (task.budget.processes, task.budget.device) == (64, "any")
    assert (task.board.rule, task.board.opens, task.board.closes) == ("best", None, None)
    assert task.root == root / "tasks" / "fruit"
    assert len(task.digest) == 64


def test_load_files(root: Path) -> None:
    """Files beside the tables belong to the training side or to the test side; a .zip is a packed folder."""
    data = load(root, target='target = ["ripe"]\ntrain_files = ["a.zip", "a.npz"]\ntest_files = ["b.zip"]').data
    assert data.public_files == ("train.csv", "test.csv", "sample_submission.csv", "a.zip", "a.npz", "b.zip")
    assert data.train_side == ("train.csv", "a.zip", "a.npz")
    assert data.test_side == ("test.csv", "b.zip")
    assert data.packed == ("a.zip", "b.zip")


@pytest.mark.parametrize(
    ("files", "name"),
    [
        ('["train.csv"]', "train.csv"),
        ('["images.zip", "images"]', "images"),
        ('["a.npz"]\ntest_files = ["A.npz"]', "a.npz"),
        ('["starter.zip"]', "starter"),
        ('["SHA256SUMS"]', "sha256sums"),
    ],
)
def test_files_in_one_place(root: Path, files: str, name: str) -> None:
    """Two files that would lie in one place where they are used are a problem, on the line of the section."""
    (problem,) = problems(root, target=f'target = ["ripe"]\ntrain_files = {files}')
    assert problem.reason == f"two public files would be shown as {name!r}"
    assert problem.line == line_of(root, "[data]")


@pytest.mark.parametrize("name", ["../x.zip", "a/b.npz", "/etc/passwd", "", ".zip"])
def test_file_names(root: Path, name: str) -> None:
    """A file beside the tables has a plain name: no path leads out of the folder."""
    assert problems(root, target=f'target = ["ripe"]\ntrain_files = ["{name}"]')


def test_load_dates(root: Path) -> None:
    """Dates keep their offset."""
    task = load(root, rule='rule = "last"\nopens = 2026-11-01T00:00:00+06:00\ncloses = 2027-01-31T23:59:00Z')
    assert task.board.opens == datetime.fromisoformat("2026-11-01T00:00:00+06:00")
    assert task.board.closes == datetime.fromisoformat("2027-01-31T23:59:00+00:00")
    assert task.board.rule == "last"


def test_task_ids(root: Path) -> None:
    """Every folder with a task.toml is a task, in order; others are none."""
    write_files(root / "tasks", {"animals/task.toml": "", "notes/README.md": "", "task.toml": ""})
    assert task_ids(root) == ("animals", "fruit")
    assert task_ids(root / "nowhere") == ()


@pytest.mark.parametrize("name", ["tree", "", "..", "../class/tasks/fruit", "Fruit", "\x1b[2J"])
def test_unknown(root: Path, name: str) -> None:
    """A task that is not there is a usage error with those that are; a path is no task."""
    with pytest.raises(UsageError) as caught:
        load_task(root, name, METRICS)
    assert caught.value.message_id == "task.unknown"
    assert caught.value.params["known"] == "fruit"
    assert "\x1b" not in str(caught.value.params["task"])


def test_unknown_of_none(tmp_path: Path) -> None:
    """Where there are no tasks, that is shown too."""
    with pytest.raises(UsageError) as caught:
        load_task(tmp_path, "fruit", METRICS)
    assert caught.value.params == {"task": "fruit", "known": "-"}


def test_all_problems_together(root: Path) -> None:
    """Problems of the file's shape are told together, each with file, line and fix."""
    found = problems(
        root,
        kind='kind = "contest"',
        sealed="",
        per_day="per_day = 0",
        memory='memory = "512 MB"',
        rule='rule = "first"\ncloses = 2027-01-31T23:59:00\nfinal_picks = 2',
    )
    assert {problem.file for problem in found} == {FILE}
    assert [(problem.line, problem.fix) for problem in found] == [
        (None, "add `sealed`"),
        (line_of(root, "kind"), "set `kind` to 'prediction' or 'exercise'"),
        (line_of(root, "per_day"), "correct the value of `submissions.per_day`"),
        (line_of(root, "memory"), "correct `budget.memory`"),
        (line_of(root, "rule"), "set `board.rule` to 'best' or 'last'"),
        (line_of(root, "closes"), "give `board.closes` an offset, as in 2026-11-01T00:00:00+06:00"),
        (line_of(root, "final_picks"), "remove `board.final_picks` or correct its spelling"),
    ]


def test_all_contradictions_together(root: Path) -> None:
    """Problems of keys against each other, the metrics and the folder are told together, too."""
    for name in ("prepare.py", "statement.bn.md"):
        (root / "tasks" / "fruit" / name).unlink()
    found = problems(
        root,
        id='id = "vegetable"',
        sealed="sealed = true",
        target='target = ["id", "ripe"]',
        name='name = "acuracy"',
        rule='opens = 2027-01-01T00:00:00Z\ncloses = 2026-01-01T00:00:00Z\nrule = "best"',
    )
    assert {problem.file for problem in found} == {FILE}
    assert [(problem.line, problem.reason) for problem in found] == [
        (2, "`id` is 'vegetable' but the folder is 'fruit'"),
        (line_of(root, "sealed"), "sealed answers are not supported yet"),
        (line_of(root, "target"), "the id column is also a target"),
        (line_of(root, "[metric]"), "there is no metric 'acuracy'"),
        (line_of(root, "closes"), "`closes` is not after `opens`"),
        (None, "tasks/fruit/prepare.py is missing"),
        (None, "tasks/fruit/statement.bn.md is missing"),
    ]
    assert all(problem.fix for problem in found)
    assert found[3].fix == f"choose from {', '.join(name for name in METRICS if name != 'cases_passed')}"


def test_not_toml(root: Path) -> None:
    """A file that is no TOML has one problem, on its line."""
    (problem,) = problems(root, kind="kind =")
    assert (problem.file, problem.line) == (FILE, 3)


def test_statement(root: Path) -> None:
    """The statement is read in the language that is asked for."""
    task = load(root)
    assert statement(task, "en").startswith("# Fruit")
    assert statement(task, "bn").startswith("# ফল")


@pytest.mark.parametrize(
    "change",
    [
        {"name": 'name = "balanced_accuracy"'},
        {"also": "also = []"},
        {"wall_seconds": "wall_seconds = 21"},
        {"memory": 'memory = "513 MiB"'},
        {"labels": "labels = [1, 0]"},
        {"target": 'target = ["Ripe"]'},
        {"target": 'target = ["ripe"]\ntrain_files = ["a.npz"]'},
        {"target": 'target = ["ripe"]\ntest_files = ["a.npz"]'},
    ],
    ids=lambda change: next(iter(change)),
)
def test_digest_changes(root: Path, change: dict[str, str]) -> None:
    """What can change a score makes another version of the task."""
    assert load(root).digest != load(root, **change).digest


@pytest.mark.parametrize(
    "change",
    [
        {"title": 'title = { en = "Other", bn = "অন্য" }'},
        {"tags": "tags = []"},
        {"per_day": "per_day = 30"},
        {"max_size": 'max_size = "2 MiB"'},
        {"rule": 'rule = "last"\ncloses = 2030-01-01T00:00:00Z'},
        {"disk": 'disk = "16384 KiB" # the same'},
        {"target": 'target = ["ripe"]\ntrain_files = []\ntest_files = []'},
    ],
    ids=lambda change: next(iter(change)),
)
def test_digest_stays(root: Path, change: dict[str, str]) -> None:
    """What cannot change a score leaves the version as it is: no regrade for a title."""
    assert load(root).digest == load(root, **change).digest


@pytest.mark.parametrize("name", ["prepare.py", "metric.py", "source/train.csv", "source/new/more.csv"])
def test_digest_of_files(root: Path, name: str) -> None:
    """A change of the recipe, the metric or the source data makes another version, and its undoing the old one."""
    before = load(root).digest
    path = root / "tasks" / "fruit" / name
    old = path.read_bytes() if path.exists() else None
    write_files(root / "tasks" / "fruit", {name: b"other"})
    assert load(root).digest != before
    path.unlink()
    if old is not None:
        path.write_bytes(old)
    assert load(root).digest == before


@pytest.mark.parametrize(
    "name", ["statement.en.md", "starter/main.py", "examples/good.csv", "source/README.md", "public/train.csv"]
)
def test_digest_leaves_out(root: Path, name: str) -> None:
    """Statements, starters, examples, and what is made from the source are no part of the version."""
    before = load(root).digest
    write_files(root / "tasks" / "fruit", {name: b"other"})
    assert load(root).digest == before


def test_digest_of_names(root: Path) -> None:
    """A source file under another name is another source."""
    before = load(root).digest
    source = root / "tasks" / "fruit" / "source"
    (source / "train.csv").rename(source / "training.csv")
    assert load(root).digest != before


def test_digest_elsewhere(root: Path, tmp_path: Path) -> None:
    """The version does not depend on where the workspace lies."""
    shutil.copytree(root, tmp_path / "copy")
    assert load(tmp_path / "copy").digest == load(root).digest


def test_boards_beside(root: Path) -> None:
    """A task may name, of its other metrics, those whose boards stand beside the first; others are a problem."""
    assert load(root).board.by == ()
    assert load(root, rule='by = ["f1"]').board.by == ("f1",)
    found = problems(root, by='by = ["accuracy", "rmse"]')
    assert [(problem.line, problem.fix) for problem in found] == 2 * [
        (line_of(root, "by"), "name metrics that are: f1")
    ]


def test_boards_beside_make_no_new_version(root: Path) -> None:
    """Which boards stand beside is a matter of showing: no submission is graded anew for it."""
    assert load(root).digest == load(root, rule='by = ["f1"]').digest


@pytest.mark.parametrize("rule", ["exact", "rounded", "ladder"])
def test_feedback(root: Path, rule: str) -> None:
    """A task chooses what its learners see of scores; that is a matter of showing and makes no new version."""
    task = load(root, rule=f'feedback = "{rule}"')
    assert task.board.feedback == rule
    assert task.digest == load(root, feedback='rule = "best"').digest


def test_late(root: Path) -> None:
    """Late submissions are taken until a time after the close; another time, or no close, is a problem."""
    close = 'rule = "best"\ncloses = 2025-06-02T00:00:00+06:00\n\n[late]\nuntil = '
    assert load(root, rule=f"{close}2025-06-03T00:00:00+06:00").board.late_until is not None
    (problem,) = problems(root, until="until = 2025-06-02T00:00:00+06:00")
    assert problem.line == line_of(root, "until")
    (problem,) = problems(root, closes="")
    assert problem.line == line_of(root, "until")


def test_points_have_two_ends(root: Path) -> None:
    """Points need both teams, and names that teams can have."""
    assert load(root, rule='baseline = "baseline-low"\nreference = "Best"').board.reference == "best"
    (problem,) = problems(root, reference="")
    assert problem.line == line_of(root, "baseline")
    (problem,) = problems(root, baseline='baseline = "a b"\nreference = "best"')
    assert "no team's id" in problem.reason
