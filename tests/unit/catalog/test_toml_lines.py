"""Every key of a TOML file is found on its line."""

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arena.catalog.toml_lines import MAX_BYTES, line_numbers, line_of, parse
from arena.errors import InvalidFileError, Problem

TEXT = """\
# a comment
schema = 1
title = { en = "T",
    bn = "ট" }

[ data ]  # the tables
id = "x"
"quoted" = 1
a.b = 2

[[functions]]
name = "f"
[deep . 'er' ]
x = 1
"""


def _problem(data: bytes) -> Problem:
    with pytest.raises(InvalidFileError) as caught:
        parse(data, "task.toml")
    (problem,) = caught.value.problems
    assert problem.file == "task.toml"
    return problem


def test_line_numbers() -> None:
    """Tables, arrays of tables, dotted and quoted keys have the line that they stand on."""
    assert line_numbers(TEXT) == {
        ("schema",): 2,
        ("title",): 3,
        ("bn",): 4,
        ("data",): 6,
        ("data", "id"): 7,
        ("data", "quoted"): 8,
        ("data", "a", "b"): 9,
        ("functions",): 11,
        ("functions", 0): 11,
        ("functions", 0, "name"): 12,
        ("deep", "er"): 13,
        ("deep", "er", "x"): 14,
    }


@pytest.mark.parametrize(
    ("location", "line"),
    [
        (("schema",), 2),
        (("title", "bn"), 3),
        (("data", "id"), 7),
        (("data", "missing"), 6),
        (("data", "id", 0), 7),
        (("functions", 0, "name"), 12),
        (("missing",), None),
        ((), None),
        ((0,), None),
    ],
)
def test_line_of(location: tuple[str | int, ...], line: int | None) -> None:
    """A key that is missing points at its table, and one of no table at nothing."""
    assert line_of(line_numbers(TEXT), location) == line


def test_parse() -> None:
    """What is valid is read as tomllib does, with or without a byte-order mark."""
    assert parse(TEXT.replace(',\n    bn = "ট"', "").encode(), "task.toml")["data"]["a"] == {"b": 2}
    assert parse(b"\xef\xbb\xbfx = 1\r\n", "task.toml") == {"x": 1}


@pytest.mark.parametrize(
    ("data", "line"),
    [
        (b"a = 1\nb = \nc = 3\n", 2),
        (b"a = 1\n\nb = yes\n", 3),
        (b"a = 1\na = 2\n", 2),
        (b"a = 1\n[b]\nx = '''\nnever closed", 4),
        (b"a = 2026-13-45\n", 1),
        (b"\n\nx = " + b"[" * 20_000, 3),
        (b"x = " + b"9" * 5000, 1),
    ],
    ids=["no value", "no quotes", "twice", "not closed", "no such date", "brackets", "endless number"],
)
def test_syntax(data: bytes, line: int) -> None:
    """A mistake in the syntax is a problem with its line and a fix, whatever the parser stumbles over."""
    problem = _problem(data)
    assert problem.line == line
    assert problem.reason.startswith("not valid TOML: ")
    assert "mend" in problem.fix


def test_not_utf8() -> None:
    """Bytes that are no UTF-8 are a problem on their line."""
    problem = _problem(b"a = 1\nb = '\xe9'\n")
    assert (problem.line, problem.reason, problem.fix) == (2, "not UTF-8 text", "save the file as UTF-8")


def test_too_large() -> None:
    """A file that is no definition any more is not parsed; one of the limit's size is."""
    problem = _problem(b"#" * (MAX_BYTES + 1))
    assert problem.line is None
    assert str(MAX_BYTES) in problem.reason
    assert parse(b"#" * MAX_BYTES, "task.toml") == {}


_lines = st.sampled_from(
    ["a = 1", "b.c = 2", "[t]", "[t.u]", "# x = 1", "", '  d = "["', "e = [1,", "2]", "f = 'x = 1'"]
)


@given(st.lists(_lines, max_size=8))
def test_every_key_has_a_line(lines: list[str]) -> None:
    """Of a valid file, every key has a line, and that line names the key."""
    text = "\n".join(lines)
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return
    found = line_numbers(text)
    for key in document:
        line = line_of(found, (key,)) or line_of(found, (key, *document[key]))
        assert line is not None
        assert key in lines[line - 1]


def test_tables_in_a_list_over_lines() -> None:
    """A table that stands on a line of its own in a list has that line, with its number in the list."""
    text = 'a = 1\n[ledger]\ntrusted = [  # whom\n  { name = "x" },\n\n  { name = "y" },\n]\nkind = "files"\n'
    lines = line_numbers(text)
    assert (lines["ledger", "trusted", 0], lines["ledger", "trusted", 1], lines["ledger", "kind"]) == (4, 6, 8)
    assert line_of(lines, ("ledger", "trusted", 1, "name")) == 6
