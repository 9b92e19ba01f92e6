"""The definition of an exercise is loaded whole, or everything that is wrong with it is told."""

import re
from pathlib import Path

import pytest

from arena.catalog.download import copy_public
from arena.catalog.tasks import load_task
from arena.errors import InvalidFileError, Problem
from arena.metrics.table import METRICS
from arena.model.submission import Kind
from arena.model.task import CASES, Function, Task
from tests.conftest import write_files
from tests.numbers import TOML, write_exercise


def _load(root: Path, **changes: str) -> Task:
    write_exercise(root, {_line(key): text for key, text in changes.items()})
    return load_task(root, "numbers", METRICS)


def _line(key: str) -> str:
    return next(line for line in TOML.splitlines() if line.startswith(f"{key} ="))


def _problems(root: Path, **changes: str) -> tuple[Problem, ...]:
    with pytest.raises(InvalidFileError) as caught:
        _load(root, **changes)
    return caught.value.problems


def test_load(tmp_path: Path) -> None:
    """Functions with weights and tolerances, what is loaded first, and where it leads."""
    task = _load(tmp_path)
    assert (task.kind, task.metric, task.also, task.metrics) == ("exercise", "cases_passed", (), ("cases_passed",))
    assert task.exercise.functions == (
        Function(name="dot", weight=2, rtol=1e-6, atol=1e-9),
        Function(name="mean", weight=1, rtol=1e-3, atol=0.5),
    )
    assert (task.exercise.preload, task.exercise.case_seconds) == (("numpy",), 2.0)
    assert task.exercise.following == "more-numbers"
    assert task.submissions.accepts == (Kind.EXERCISE,)
    assert task.public_files == (CASES,)
    with pytest.raises(TypeError):
        _ = task.data


def test_problems_have_lines(tmp_path: Path) -> None:
    """What is wrong in one of several functions is told with the line of that one, all together."""
    found = _problems(tmp_path, rtol="rtol = -1\ncolour = 3", case_seconds="case_seconds = 0", weight='weight = "x"')
    lines = (tmp_path / "tasks" / "numbers" / "task.toml").read_text(encoding="utf-8").splitlines()
    assert [(problem.file, lines[(problem.line or 0) - 1].split(" =")[0]) for problem in found] == [
        ("tasks/numbers/task.toml", name) for name in ("weight", "rtol", "colour", "case_seconds")
    ]
    assert all(problem.fix for problem in found)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"accepts": 'accepts = ["exercise", "program"]'}, "an exercise takes nothing else"),
        ({"wall_seconds": "wall_seconds = 1"}, "a case may take longer than all together"),
        ({"next": 'next = "numbers"'}, "it leads to itself"),
        ({"log": 'log = "4 KiB"\nfit = { wall_seconds = 3 }'}, "`fit` and `predict` are phases of a model"),
        ({"sealed": "sealed = true"}, "sealed answers are not supported yet"),
        ({"log": 'log = "4 KiB"\n[board]\nby = ["f1"]'}, "'f1' is not in the metric's `also`"),
    ],
)
def test_contradictions(tmp_path: Path, changes: dict[str, str], reason: str) -> None:
    """Keys that contradict each other are told."""
    assert [problem.reason for problem in _problems(tmp_path, **changes)] == [reason]


@pytest.mark.parametrize("name", ["1st", "a-b", "a.b", "", "_hidden", "x" * 65])
def test_names(tmp_path: Path, name: str) -> None:
    """A function has a name that Python can call."""
    write_exercise(tmp_path, {'name = "mean"': f'name = "{name}"'})
    with pytest.raises(InvalidFileError):
        load_task(tmp_path, "numbers", METRICS)


def test_no_function(tmp_path: Path) -> None:
    """An exercise without functions asks for nothing."""
    text = re.sub(r"\[\[functions\]\]\n(?:.+\n)+\n", "", TOML).replace("sealed = ", "functions = []\nsealed = ")
    (write_exercise(tmp_path) / "task.toml").write_text(text, encoding="utf-8")
    with pytest.raises(InvalidFileError) as caught:
        load_task(tmp_path, "numbers", METRICS)
    assert ["a function at least" in problem.reason for problem in caught.value.problems] == [True]


def test_a_name_twice(tmp_path: Path) -> None:
    """Two functions of one name are a problem."""
    write_exercise(tmp_path, {'name = "mean"': 'name = "dot"'})
    with pytest.raises(InvalidFileError) as caught:
        load_task(tmp_path, "numbers", METRICS)
    assert "a name stands here twice" in caught.value.problems[0].reason


@pytest.mark.parametrize("table", ["[data]\nid = 'x'\n", "[metric]\nname = 'f1'\n"])
def test_no_tables(tmp_path: Path, table: str) -> None:
    """An exercise has neither tables nor a metric of its own."""
    (problem,) = _problems(tmp_path, log=f'log = "4 KiB"\n{table}')
    assert problem.fix.startswith("remove `")


@pytest.mark.parametrize("name", ["cases.py", "reference.py", "statement.en.md", "statement.bn.md"])
def test_missing_files(tmp_path: Path, name: str) -> None:
    """Each file that an exercise needs is named where it is missing."""
    (write_exercise(tmp_path) / name).unlink()
    with pytest.raises(InvalidFileError) as caught:
        load_task(tmp_path, "numbers", METRICS)
    assert [problem.reason for problem in caught.value.problems] == [f"tasks/numbers/{name} is missing"]


def test_cases_passed_is_no_metric_of_tables(tmp_path: Path) -> None:
    """A prediction task cannot name the metric of exercises, nor take their kind."""
    folder = write_exercise(tmp_path)
    text = (folder / "task.toml").read_text(encoding="utf-8").replace('kind = "exercise"', 'kind = "prediction"')
    (folder / "task.toml").write_text(text, encoding="utf-8")
    with pytest.raises(InvalidFileError) as caught:
        load_task(tmp_path, "numbers", METRICS)
    fixes = [problem.fix for problem in caught.value.problems]
    assert "add `data`" in fixes
    assert "add `metric`" in fixes


def test_digest(tmp_path: Path) -> None:
    """A new version is made by what can change a score: functions, terms, cases, reference and harness."""
    first = _load(tmp_path / "a").digest
    assert _load(tmp_path / "b", tags='tags = ["x"]', next='next = "other"', per_day="per_day = 9").digest == first
    for number, key in enumerate(("weight", "rtol", "case_seconds", "preload", "memory")):
        text = {"weight": "weight = 3", "rtol": "rtol = 1e-4", "case_seconds": "case_seconds = 3"}.get(key)
        text = text or {"preload": "preload = []", "memory": 'memory = "1 GiB"'}[key]
        assert _load(tmp_path / str(number), **{key: text}).digest != first
    for name in ("cases.py", "reference.py", "harness.py"):
        root = tmp_path / name
        write_files(write_exercise(root), {name: "# other\n"})
        assert load_task(root, "numbers", METRICS).digest != first
    root = tmp_path / "statement"
    write_files(write_exercise(root), {"statement.en.md": "# Other\n", "starter/solution.py": "", "public/x": ""})
    assert load_task(root, "numbers", METRICS).digest == first


def test_download(tmp_path: Path) -> None:
    """A learner gets the public cases, the starter kit and the harness: neither cases.py nor the reference."""
    task = _load(tmp_path)
    write_files(task.root, {"public/cases.json": "{}", "harness.py": "# plain\n"})
    copied = copy_public(task, tmp_path / "mine", folders={}, extra={"cases.md": b"# Cases\n"}, force=False)
    assert sorted(copied.names) == ["cases.json", "cases.md", "harness.py", "starter/solution.py"]
    assert (tmp_path / "mine" / "cases.md").read_bytes() == b"# Cases\n"


def test_feedback(tmp_path: Path) -> None:
    """Learners of an exercise are told of each case, so there is no rule but the exact one."""
    write_exercise(tmp_path)
    path = tmp_path / "tasks" / "numbers" / "task.toml"
    path.write_text(path.read_text(encoding="utf-8") + '\n[board]\nfeedback = "ladder"\n', encoding="utf-8")
    with pytest.raises(InvalidFileError) as caught:
        load_task(tmp_path, "numbers", METRICS)
    assert [problem.fix for problem in caught.value.problems] == ['set `feedback = "exact"`']
