"""The real stages of a workspace, as far as nothing is started."""

import stat
from pathlib import Path

import pytest

from arena.board.indexed import IndexedLedger
from arena.board.ledger import FileLedger
from arena.catalog.workspace import Workspace
from arena.errors import InfrastructureError
from arena.model.task import Task
from arena.pipeline.assemble import _hidden_rows, assemble
from arena.pipeline.state import make_state


def test_nothing_is_started(workspace: Workspace) -> None:
    """Assembling asks no runtime and no sandbox; the clock has a zone and the ledger lies beside the boards."""
    stages = assemble(workspace)
    assert stages.now().tzinfo is not None
    assert stages.zone == workspace.time_zone
    assert isinstance(stages.ledger, IndexedLedger)
    assert stages.ledger.base == FileLedger(workspace.root / "leaderboard" / "records")
    assert stages.public is stages.ledger
    assert stages.vault.workspace == "class"


def test_state(tmp_path: Path) -> None:
    """The grader's own folder is for its account alone, git does not see it, and making it again changes nothing."""
    make_state(tmp_path / ".arena")
    assert stat.S_IMODE((tmp_path / ".arena").stat().st_mode) == 0o700
    assert (tmp_path / ".arena" / ".gitignore").read_bytes() == b"*\n"
    (tmp_path / ".arena" / ".gitignore").write_bytes(b"mine\n")
    make_state(tmp_path / ".arena")
    assert (tmp_path / ".arena" / ".gitignore").read_bytes() == b"mine\n"


def test_state_unwritable(tmp_path: Path) -> None:
    """Where the folder cannot be made a message says so."""
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(InfrastructureError, match=r"file\.unwritable"):
        make_state(tmp_path / "file" / ".arena")


def test_unsafe_vault(workspace: Workspace, task: Task, monkeypatch: pytest.MonkeyPatch) -> None:
    """A workspace whose vault is open to learners is not worked in."""
    monkeypatch.setenv("ARENA_VAULT", str(task.root / "vault"))
    with pytest.raises(InfrastructureError, match=r"vault\.inside_workspace"):
        assemble(workspace)


def test_hidden_rows(task: Task) -> None:
    """What is looked for in packages are the cells of hidden rows: neither the names of columns nor this task's ids."""
    rows = list(_hidden_rows(task))
    assert rows[0] == ["1010", "mango number 101 of the orchard at Rajshahi"]
    assert len(rows) == 12
