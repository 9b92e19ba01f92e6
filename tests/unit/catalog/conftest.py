"""A task's folder to load and to spoil."""

from pathlib import Path

import pytest

from arena.catalog.tasks import load_task
from arena.errors import InvalidFileError, Problem
from arena.metrics.table import METRICS
from arena.model.task import Task
from tests.conftest import write_workspace


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A workspace with the task ``fruit``."""
    return write_workspace(tmp_path / "class")


def load(root: Path, **changes: str) -> Task:
    """Load ``fruit`` after ``changes``: each gives the first key of that name in its ``task.toml`` another line."""
    path = root / "tasks" / "fruit" / "task.toml"
    lines = path.read_text(encoding="utf-8").splitlines()
    for key, line in changes.items():
        lines[next(at for at, old in enumerate(lines) if old.split("=")[0].strip() == key)] = line
    path.write_text("\n".join(lines), encoding="utf-8")
    return load_task(root, "fruit", METRICS)


def problems(root: Path, **changes: str) -> list[Problem]:
    """What is wrong with ``fruit`` after ``changes``."""
    with pytest.raises(InvalidFileError) as caught:
        load(root, **changes)
    return list(caught.value.problems)


def line_of(root: Path, start: str) -> int:
    """The line of ``task.toml`` that begins so."""
    lines = (root / "tasks" / "fruit" / "task.toml").read_text(encoding="utf-8").splitlines()
    return next(number for number, line in enumerate(lines, start=1) if line.startswith(start))
