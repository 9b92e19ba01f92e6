"""A notebook becomes plain cells, or the cell that cannot is named."""

import ast
import json
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arena.intake.notebook import MAX_CELLS, Cells, Unusable, convert
from arena.model.message import Message


def _notebook(*sources: object, **fields: object) -> bytes:
    cells = [{"cell_type": "code", "source": source, "metadata": {}, "outputs": []} for source in sources]
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": cells, **fields}).encode()


def _cells(*sources: object) -> tuple[tuple[int, str], ...]:
    converted = convert(_notebook(*sources))
    assert isinstance(converted, Cells), converted
    return converted.cells


def _message(data: bytes) -> Message:
    converted = convert(data)
    assert isinstance(converted, Unusable), converted
    return converted.message


def test_cells() -> None:
    """Code cells are numbered from one, whether their source is a text or a list of lines; others are left out."""
    document = json.loads(_notebook("a = 1", ["b = 2\n", "c = 3"]))
    document["cells"].insert(1, {"cell_type": "markdown", "source": ["# পাঠ"], "metadata": {}})
    converted = convert(json.dumps(document).encode())
    assert converted == Cells(cells=((1, "a = 1"), (2, "b = 2\nc = 3")), requirements=())


def test_byte_order_mark() -> None:
    """A byte-order mark before the notebook is no matter."""
    assert isinstance(convert(b"\xef\xbb\xbf" + _notebook("a = 1")), Cells)


@pytest.mark.parametrize(
    "source",
    [
        "x = 7 % 3",
        "s = '''\n!pip install x\n%matplotlib inline\n'''",
        "print('50%'\n      % ())",
        "x = (7\n%3)",
        "# !ls\n# %%bash",
        "def f():\n    return not True",
        "await f()",
        "",
    ],
)
def test_python_stays(source: str) -> None:
    """A cell that is Python already is not touched, whatever stands at the beginning of its lines."""
    assert _cells(source, "pass")[0] == (1, source)


def test_syntax_error_stays() -> None:
    """A cell that is not Python goes through, for Python to say what is wrong with it."""
    assert _cells("x = = 1\nprint(x)") == ((1, "x = = 1\nprint(x)"),)


@pytest.mark.parametrize(
    ("source", "plain"),
    [
        ("%matplotlib inline\nimport os", "pass\nimport os"),
        ("  %config InlineBackend.figure_format = 'retina'", "  pass"),
        ("if True:\n    %matplotlib inline\n    x = 1", "if True:\n    pass\n    x = 1"),
        ("%time x = 1", "x = 1"),
        ("if True:\n    %time f(1)", "if True:\n    f(1)"),
        ("%%time\nx = 1", "\nx = 1"),
        ("\n%%timeit -n 3\nx = 1", "\n\nx = 1"),
        ("%%time\n%matplotlib inline\nx = 1", "\npass\nx = 1"),
    ],
)
def test_harmless_magics(source: str, plain: str) -> None:
    """Magics that only time or show are dropped, and line numbers and indentation stay."""
    assert _cells(source) == ((1, plain),)
    ast.parse("if True:\n  pass\n" + plain)


@pytest.mark.parametrize(
    ("line", "arguments"),
    [
        ("!pip install lightgbm", "lightgbm"),
        ("%pip install -q 'pandas>=2' numpy", "-q 'pandas>=2' numpy"),
        ("!pip3 install a", "a"),
        ("! python -m pip install a", "a"),
        ("!python3 -m pip install a  ", "a"),
    ],
)
def test_installations(line: str, arguments: str) -> None:
    """An installation is noted and not run."""
    assert convert(_notebook(f"import os\n{line}\nx = 1")) == Cells(
        cells=((1, "import os\npass\nx = 1"),), requirements=(arguments,)
    )


def test_installations_of_all_cells() -> None:
    """Installations are collected over the cells, in their order."""
    converted = convert(_notebook("!pip install a", "x = 1", "%pip install b\n!pip install c"))
    assert isinstance(converted, Cells)
    assert converted.requirements == ("a", "b", "c")


@pytest.mark.parametrize(
    "line",
    [
        "!ls",
        "!rm -rf /",
        "!pip uninstall numpy",
        "%cd /tmp",
        "%run other.ipynb",
        "%load_ext autoreload",
        "files = !ls",
        "t = %timeit -o f()",
        "a.b[0], c = !ls",
        "pd.read_csv?",
        "??train",
        "train??",
    ],
)
def test_refused(line: str) -> None:
    """What needs a shell or IPython is refused with the cell's number and the line."""
    message = _message(_notebook("x = 1", f"y = 2\n  {line} \n"))
    assert message == Message.of("notebook.magic", cell=2, line=line)


@pytest.mark.parametrize("magic", ["%%bash", "%%writefile a.py", "%%html", "%%timer"])
def test_refused_cells(magic: str) -> None:
    """A cell that is a file or of another language is refused as a whole."""
    assert _message(_notebook(f"\n \n  {magic}\necho")) == Message.of("notebook.magic", cell=1, line=magic)


def test_refused_line_is_safe() -> None:
    """The refusal's line is short and steers no terminal."""
    line = _message(_notebook("!echo \x1b[2J" + "x" * 500)).params["line"]
    assert isinstance(line, str)
    assert "\x1b" not in line
    assert len(line) == 80


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff\xfe",
        b"{",
        b"[" * 100_000,
        b'{"nbformat": 4}',
        b'{"nbformat": 4, "cells": 7}',
        b'{"nbformat": 4, "cells": ["code"]}',
        b'{"nbformat": 4, "cells": [{"cell_type": "code"}]}',
        b'{"nbformat": 4, "cells": [{"cell_type": "code", "source": 7}]}',
        b'{"nbformat": 4, "cells": [{"cell_type": "code", "source": [7]}]}',
        b'{"nbformat": 4, "cells": [{"source": "x"}]}',
        b'{"nbformat": %s}' % (b"4" * 5000),
    ],
)
def test_unreadable(data: bytes) -> None:
    """What is no notebook, or a broken one, is unreadable."""
    assert _message(data) == Message.of("notebook.unreadable")


@pytest.mark.parametrize("data", [b"[]", b"7", b"{}", _notebook("x = 1", nbformat=3), _notebook("x", nbformat="4")])
def test_format(data: bytes) -> None:
    """A notebook of another format is told apart from a broken one."""
    assert _message(data) == Message.of("notebook.format")


@pytest.mark.parametrize("sources", [[], [""], ["  \n", "\t"]])
def test_no_code(sources: Sequence[str]) -> None:
    """A notebook without code cannot be run."""
    assert _message(_notebook(*sources)) == Message.of("notebook.no_code")


def test_too_many_cells() -> None:
    """Cells are limited, and the limit itself still fits."""
    assert len(_cells(*["x = 1"] * MAX_CELLS)) == MAX_CELLS
    assert _message(_notebook(*["x = 1"] * (MAX_CELLS + 1))) == Message.of("notebook.too_many_cells", limit=MAX_CELLS)


@pytest.mark.parametrize("source", ["(" * 10_000, "-" * 100_000 + "1", "x = '\ud800'", "\0", "f(" * 3000 + ")" * 3000])
def test_what_the_parser_cannot_take(source: str) -> None:
    """Code that Python's parser gives up on goes through, for the sandbox to fail on."""
    assert _cells(source) == ((1, source),)


_line = st.sampled_from(
    ["%time ", "!", "%%time", "!pip install ", "x = 1", "if x:", "    ", "?", "%", "\n", "'''", "é"]
)


@given(st.lists(st.lists(_line, max_size=6).map("".join), max_size=4))
def test_never_stumbles(sources: list[str]) -> None:
    """Every notebook is converted or refused; a converted one keeps the numbers of its cells and of their lines."""
    converted = convert(_notebook(*sources))
    if isinstance(converted, Unusable):
        assert converted.message.id in {"notebook.no_code", "notebook.magic"}
        return
    assert [number for number, _ in converted.cells] == list(range(1, len(sources) + 1))
    for (_, plain), source in zip(converted.cells, sources, strict=True):
        assert _used_lines(plain) <= _used_lines(source)


def _used_lines(source: str) -> set[int]:
    return {number for number, line in enumerate(source.splitlines()) if line.strip()}
