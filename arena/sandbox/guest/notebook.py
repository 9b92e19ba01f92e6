"""``python -m arena_guest.notebook cells.json``: run a notebook's code cells in order, without a kernel.

``cells.json`` is ``[[number, source], …]`` with the magics already taken out. A traceback names the cell.
"""

import json
import linecache
import sys
import types
from typing import Any

from . import entry


class _Shell:
    """Stands in for ``get_ipython()``: what needs a kernel does nothing, what needs a shell says so."""

    def run_line_magic(self, name: str, line: str, *_: object) -> None:
        """Accept what only changes how things are shown."""
        if name not in {"matplotlib", "config"}:
            entry.fail(f"%{name} {line}".strip() + " is not available here")

    magic = run_line_magic

    def run_cell_magic(self, name: str, *_: object) -> None:
        """No cell magic can be run by hand."""
        entry.fail(f"%%{name} is not available here")

    def system(self, command: str) -> None:
        """There is no shell."""
        entry.fail(f"!{command} is not available here")

    getoutput = system


def display(*values: object, **_: object) -> None:
    """Print what a notebook would show."""
    for value in values:
        print(value)


def _offer_ipython(names: dict[str, Any]) -> None:
    shell = _Shell()

    def get_ipython() -> _Shell:
        return shell

    names["get_ipython"] = get_ipython
    names["display"] = display
    # `from IPython.display import display, HTML` is in many notebooks, and the runtime has no IPython.
    ipython, shown = types.ModuleType("IPython"), types.ModuleType("IPython.display")
    shown.display = display  # type: ignore[attr-defined]
    shown.clear_output = lambda **_: None  # type: ignore[attr-defined]
    for name in ("HTML", "Image", "Markdown"):
        setattr(shown, name, str)
    ipython.display = shown  # type: ignore[attr-defined]
    ipython.get_ipython = get_ipython  # type: ignore[attr-defined]
    sys.modules.setdefault("IPython", ipython)
    sys.modules.setdefault("IPython.display", shown)


def main() -> None:
    """Run the cells that the first argument's file holds; the second names the notebook."""
    with open(sys.argv[1], encoding="utf-8") as file:
        cells = json.load(file)
    module = entry.prepare(sys.argv[2])
    _offer_ipython(module.__dict__)
    for number, source in cells:
        name = f"<cell {number}>"
        linecache.cache[name] = (len(source), None, source.splitlines(keepends=True), name)
        code = compile(source, name, "exec", dont_inherit=True)
        exec(code, module.__dict__)


if __name__ == "__main__":
    main()
