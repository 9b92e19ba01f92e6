"""Each look at private scores is logged, and no line is lost or changed."""

import json
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from arena.vault.views import VIEWS, account, log_view, views

NOW = datetime(2025, 6, 1, tzinfo=UTC)


def test_append(tmp_path: Path) -> None:
    """Looks come back in order, with account, time and what was asked for; the file is the account's alone."""
    folder = tmp_path / "vault" / "class"
    for number in range(3):
        log_view(folder, at=NOW + timedelta(minutes=number), task="fruit", look={"by": f"metric-{number}"})
    assert [(look["at"], look["by"]) for look in views(folder)] == [
        (f"2025-06-01T00:0{number}:00+00:00", f"metric-{number}") for number in range(3)
    ]
    assert {look["account"] for look in views(folder)} == {account()}
    assert stat.S_IMODE((folder / VIEWS).stat().st_mode) == 0o600


def test_none(tmp_path: Path) -> None:
    """Where nobody looked there is nothing."""
    assert views(tmp_path) == []


def test_account_is_no_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    """The account is the system's, whatever the environment says."""
    before = account()
    for name in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        monkeypatch.setenv(name, "somebody-else")
    assert account() == before


def test_torn(tmp_path: Path) -> None:
    """A line that a killed process left half stays, and the next one is whole."""
    log_view(tmp_path, at=NOW, task="fruit", look={})
    whole = (tmp_path / VIEWS).read_bytes()
    (tmp_path / VIEWS).write_bytes(whole + whole[:20])
    log_view(tmp_path, at=NOW, task="other", look={})
    first, torn, last = views(tmp_path)
    assert (first["task"], torn["torn"], last["task"]) == ("fruit", whole[:20].decode(), "other")
    assert (tmp_path / VIEWS).read_bytes().startswith(whole)


def test_names_are_data(tmp_path: Path) -> None:
    """A task's name cannot end a line."""
    log_view(tmp_path, at=NOW, task="a\nb", look={})
    assert len((tmp_path / VIEWS).read_text(encoding="utf-8").splitlines()) == 1
    assert json.loads((tmp_path / VIEWS).read_text(encoding="utf-8"))["task"] == "a\nb"
