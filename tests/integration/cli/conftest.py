"""Commands that ask the runtime what it is, which starts it."""

from collections.abc import Callable
from pathlib import Path

import pytest

from arena.catalog.workspace import Workspace
from tests.conftest import write_files


@pytest.fixture(autouse=True)
def _in_workspace(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(workspace.root)


@pytest.fixture
def file(tmp_path: Path) -> Callable[..., Path]:
    """Write a file outside the workspace; return its path."""
    return lambda content, name="submission.csv": write_files(tmp_path / "mine", {name: content}) / name
