"""Every problem of a definition file is reported together, with its line and its fix."""

from datetime import datetime
from pathlib import Path
from typing import Annotated, Literal

import pytest
from pydantic import AwareDatetime, Field, ValidationError

from arena.catalog.edge import Edge, read_definition, validated
from arena.errors import InvalidFileError, Problem


class _Table(Edge):
    count: Annotated[int, Field(ge=1)] = 1
    when: AwareDatetime | None = None


class _File(Edge):
    name: str
    mode: Literal["a", "b"] = "a"
    table: _Table = _Table()


def _problems(text: str) -> list[tuple[int | None, str, str]]:
    with pytest.raises(InvalidFileError) as caught:
        validated(text.encode(), "x.toml", _File)
    assert {problem.file for problem in caught.value.problems} == {"x.toml"}
    return [(problem.line, problem.reason, problem.fix) for problem in caught.value.problems]


def test_valid() -> None:
    """A valid file gives its settings and the lines of its keys."""
    settings, lines = validated(b'name = "x"\n[table]\nwhen = 2026-01-01T00:00:00+06:00\n', "x.toml", _File)
    assert settings.name == "x"
    assert settings.table.when == datetime.fromisoformat("2026-01-01T00:00:00+06:00")
    assert lines == {("name",): 1, ("table",): 2, ("table", "when"): 3}


def test_all_problems_together() -> None:
    """Problems of every sort stand together, in the order of their lines, each with a fix that fits."""
    assert _problems('mode = "c"\n\n[table]\ncount = 0\nwhen = 2026-01-01T00:00:00\ncuont = 1\n') == [
        (None, "`name`: Field required", "add `name`"),
        (1, "`mode`: Input should be 'a' or 'b'", "set `mode` to 'a' or 'b'"),
        (
            4,
            "`table.count`: Input should be greater than or equal to 1",
            "correct the value of `table.count`",
        ),
        (
            5,
            "`table.when`: Input should have timezone info",
            "give `table.when` an offset, as in 2026-11-01T00:00:00+06:00",
        ),
        (
            6,
            "`table.cuont`: Extra inputs are not permitted",
            "remove `table.cuont` or correct its spelling",
        ),
    ]


def test_unknown_table() -> None:
    """A table that no one reads is refused on its line."""
    assert _problems('name = "x"\n[tabel]\ncount = 1\n') == [
        (2, "`tabel`: Extra inputs are not permitted", "remove `tabel` or correct its spelling")
    ]


def test_syntax_alone() -> None:
    """A file that is not TOML has that one problem."""
    ((line, reason, _),) = _problems('mode = "c"\nname =\n')
    assert line == 2
    assert reason.startswith("not valid TOML")


def test_frozen() -> None:
    """Settings do not change after they were validated."""
    settings, _ = validated(b'name = "x"\n', "x.toml", _File)
    with pytest.raises(ValidationError, match="frozen"):
        settings.name = "y"  # type: ignore[misc]  # that is the point


def test_read(tmp_path: Path) -> None:
    """A definition is read as bytes."""
    (tmp_path / "x.toml").write_bytes(b"\xff")
    assert read_definition(tmp_path / "x.toml", "x.toml") == b"\xff"


def test_read_missing(tmp_path: Path) -> None:
    """A definition that is not there is a problem like any other."""
    with pytest.raises(InvalidFileError) as caught:
        read_definition(tmp_path / "x.toml", "tasks/x/x.toml")
    assert caught.value.problems == (
        Problem(
            file="tasks/x/x.toml",
            line=None,
            reason="cannot be read: No such file or directory",
            fix="create tasks/x/x.toml",
        ),
    )
