"""When a command starts itself anew in a scope of its own."""

from pathlib import Path

import pytest

from arena.cli.scope import enter_scope, has_user_manager, is_useful
from tests.conftest import write_files

_GRADE = ("/home/rahim/.venv/bin/arena", "grade")


@pytest.mark.parametrize(
    ("argv", "environment", "uid"),
    [
        (_GRADE, {}, 1000),
        (("/usr/lib/python3/site-packages/arena/__main__.py", "check", "titanic", "main.py"), {}, 1000),
        ((*_GRADE, "--json"), {"ARENA_SCOPE": ""}, 1000),
    ],
)
def test_an_ordinary_account_that_runs_code_gets_one(
    argv: tuple[str, ...], environment: dict[str, str], uid: int
) -> None:
    """The command and the module alike, whatever their options."""
    assert is_useful(argv, environment, uid)


@pytest.mark.parametrize(
    ("argv", "environment", "uid"),
    [
        pytest.param(_GRADE, {}, 0, id="root makes groups anywhere"),
        pytest.param(_GRADE, {"ARENA_SCOPE": "1"}, 1000, id="tried once already"),
        pytest.param((*_GRADE, "--help"), {}, 1000, id="help runs nothing"),
        pytest.param(("arena", "check", "titanic", "Mine.CSV"), {}, 1000, id="a table runs nothing"),
        pytest.param(("arena", "submit", "titanic", "mine.parquet"), {}, 1000, id="nor a table of columns"),
        pytest.param(("/usr/bin/pytest", "grade"), {}, 1000, id="another program is not replaced"),
        pytest.param(("/lib/pytest/__main__.py", "grade"), {}, 1000, id="nor another module"),
    ],
)
def test_whom_it_does_not_help_goes_on(argv: tuple[str, ...], environment: dict[str, str], uid: int) -> None:
    assert not is_useful(argv, environment, uid)


def test_this_very_program_is_not_replaced() -> None:
    """These tests run commands in their own process, which is still theirs afterwards."""
    enter_scope()


def test_where_systemd_serves_the_account(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its bus and the program that asks for a scope must both be there; nothing is started to see that."""
    monkeypatch.setenv("PATH", str(tmp_path))
    assert not has_user_manager({})
    assert not has_user_manager({"XDG_RUNTIME_DIR": str(tmp_path)})
    write_files(tmp_path, {"bus": b"", "systemd-run": b"#!/bin/sh\n"})
    assert not has_user_manager({"XDG_RUNTIME_DIR": str(tmp_path)})
    (tmp_path / "systemd-run").chmod(0o755)
    assert has_user_manager({"XDG_RUNTIME_DIR": str(tmp_path)})
    assert not has_user_manager({"XDG_RUNTIME_DIR": str(tmp_path / "elsewhere")})
