"""A notebook's cells, run as the guest runs them."""

import json
import sys
import traceback
from collections.abc import Callable
from pathlib import Path

import pytest

from arena.sandbox.guest import notebook


@pytest.fixture
def run(interpreter: Path) -> Callable[..., dict[str, object]]:
    """Run cells, numbered from 1, and return the notebook's names."""

    def run_cells(*cells: str) -> dict[str, object]:
        file = interpreter.parent / "cells.json"
        file.write_text(json.dumps(list(enumerate(cells, start=1))), encoding="utf-8")
        sys.argv = ["notebook", str(file), str(interpreter.parent / "my.ipynb")]
        notebook.main()
        return vars(sys.modules["__main__"])

    return run_cells


def test_order(run: Callable[..., dict[str, object]]) -> None:
    """Cells run in order and share their names, as one `__main__`."""
    names = run("x = 1", "x += 1", "y = (x, __name__)")
    assert names["y"] == (2, "__main__")


def test_traceback_names_the_cell(run: Callable[..., dict[str, object]]) -> None:
    """A traceback names the cell and shows its line."""
    with pytest.raises(ZeroDivisionError) as caught:
        run("ok = 1", "\n\n1 / 0  # here")
    shown = "".join(traceback.format_exception(caught.value))
    assert 'File "<cell 2>", line 3' in shown
    assert "1 / 0  # here" in shown


def test_a_failing_cell_ends_it(run: Callable[..., dict[str, object]], interpreter: Path) -> None:
    """Cells after a failing one do not run."""
    with pytest.raises(NameError):
        run("nothing_such", "open('reached', 'w').close()")
    assert not (interpreter / "reached").exists()


@pytest.mark.parametrize(
    "code",
    [
        "display(1, 'two')",
        "from IPython.display import display\ndisplay(1)\ndisplay('two')",
        "from IPython.display import clear_output, display\nclear_output(wait=True)\ndisplay(1, 'two')",
        "import IPython\nIPython.display.display(1, 'two')",
    ],
)
def test_display(run: Callable[..., dict[str, object]], capsys: pytest.CaptureFixture[str], code: str) -> None:
    """What a notebook would show is printed, with IPython's names or without."""
    run(code)
    assert capsys.readouterr().out == "1\ntwo\n"


@pytest.mark.parametrize(
    "code",
    [
        "get_ipython().run_line_magic('matplotlib', 'inline')",
        "get_ipython().magic('config', 'x')",
        "from IPython import get_ipython\nget_ipython().run_line_magic('matplotlib', 'inline')",
    ],
)
def test_harmless_magic(run: Callable[..., dict[str, object]], code: str) -> None:
    """A magic that only changes how things look does nothing."""
    run(code, "after = 1")


@pytest.mark.parametrize(
    ("code", "named"),
    [
        ("get_ipython().run_line_magic('load_ext', 'autoreload')", "%load_ext autoreload is not available here"),
        ("get_ipython().run_cell_magic('bash', '', 'ls')", "%%bash is not available here"),
        ("get_ipython().system('ls -l')", "!ls -l is not available here"),
        ("get_ipython().getoutput('ls')", "!ls is not available here"),
    ],
)
def test_refused(
    run: Callable[..., dict[str, object]], capsys: pytest.CaptureFixture[str], code: str, named: str
) -> None:
    """What needs a kernel or a shell ends the notebook with a sentence that names it."""
    with pytest.raises(SystemExit) as caught:
        run(code)
    assert caught.value.code == 1
    assert capsys.readouterr().err == f"arena: {named}\n"


def test_rich_objects(run: Callable[..., dict[str, object]], capsys: pytest.CaptureFixture[str]) -> None:
    """HTML and Markdown are shown as their text."""
    run("from IPython.display import HTML, Markdown\ndisplay(HTML('<b>x</b>'), Markdown('*y*'))")
    assert capsys.readouterr().out == "<b>x</b>\n*y*\n"
