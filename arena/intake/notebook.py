"""Turn a notebook into cells that run without a kernel, or say which cell cannot.

Pure: bytes in, cells or reasons out. Magics that only change how things look are dropped, installations are noted and
never run, everything else that needs IPython or a shell is refused with the number of its cell.
"""

import ast
import json
import re
import warnings
from dataclasses import dataclass

from arena.model.message import Message
from arena.model.safe_text import safe_line

MAX_CELLS = 2000
_PIP = re.compile(r"[!%]\s*(?:python3?\s+-m\s+)?pip3?\s+install\s+(.*)")
_MAGIC = re.compile(r"(\s*)([!%].*)")
_HARMLESS = re.compile(r"%(matplotlib|config)\b")
_LINE_TIMER = re.compile(r"%time\s+(.+)")
_CELL_TIMER = re.compile(r"%%(time|timeit)\b")
_ASSIGNED = re.compile(r"\s*[A-Za-z_][\w.\[\], ]*=\s*[!%]")
_HELP = re.compile(r"\s*(?:\?\??[A-Za-z_][\w.]*|[A-Za-z_][\w.]*\?\??)\s*$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cells:
    """``cells`` are (number, source), counted from 1 over the code cells; ``requirements`` are pip's arguments."""

    cells: tuple[tuple[int, str], ...]
    requirements: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Unusable:
    """Why the notebook cannot run here."""

    message: Message


def convert(data: bytes) -> Cells | Unusable:
    """Read nbformat 4 (https://nbformat.readthedocs.io) and take the magics out."""
    sources = _code_sources(data)
    if isinstance(sources, Unusable):
        return sources
    cells: list[tuple[int, str]] = []
    requirements: list[str] = []
    for number, source in enumerate(sources, start=1):
        plain = _plain(source, number, requirements)
        if isinstance(plain, Unusable):
            return plain
        cells.append((number, plain))
    return Cells(cells=tuple(cells), requirements=tuple(requirements))


def _code_sources(data: bytes) -> list[str] | Unusable:
    try:
        document = json.loads(data.decode("utf-8-sig"))
        if not isinstance(document, dict) or document.get("nbformat") != 4:  # noqa: PLR2004 - the format's number
            return Unusable(Message.of("notebook.format"))
        cells = [cell for cell in document["cells"] if cell["cell_type"] == "code"]
        sources = ["".join(cell["source"]) for cell in cells]
    except (ValueError, KeyError, TypeError, RecursionError):
        return Unusable(Message.of("notebook.unreadable"))
    if len(sources) > MAX_CELLS:
        return Unusable(Message.of("notebook.too_many_cells", limit=MAX_CELLS))
    if not any(source.strip() for source in sources):
        return Unusable(Message.of("notebook.no_code"))
    return sources


def _parses(source: str) -> bool:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


def _plain(source: str, number: int, requirements: list[str]) -> str | Unusable:
    # A cell that is Python already has no magics: its % and ! stand inside strings or are operators.
    if _parses(source):
        return source
    lines = source.splitlines()
    first = next((index for index, line in enumerate(lines) if line.strip()), 0)
    if lines and lines[first].lstrip().startswith("%%"):
        if not _CELL_TIMER.match(lines[first].lstrip()):
            return _refused(number, lines[first])
        lines[first] = ""
        if _parses("\n".join(lines)):
            return "\n".join(lines)
    for index, line in enumerate(lines):
        replaced = _line(line, requirements)
        if replaced is None:
            return _refused(number, line)
        lines[index] = replaced
    return "\n".join(lines)


def _line(line: str, requirements: list[str]) -> str | None:
    """What stands for a line of a cell that is not plain Python; ``None`` where nothing can."""
    magic = _MAGIC.match(line)
    if magic is None:
        return None if _ASSIGNED.match(line) or _HELP.match(line) else line
    indent, text = magic.groups()
    if timed := _LINE_TIMER.match(text):
        return f"{indent}{timed.group(1)}"
    if pip := _PIP.match(text):
        requirements.append(pip.group(1).strip())
    elif not _HARMLESS.match(text):
        return None
    return f"{indent}pass"


def _refused(number: int, line: str) -> Unusable:
    return Unusable(Message.of("notebook.magic", cell=number, line=safe_line(line.strip(), 80)))
