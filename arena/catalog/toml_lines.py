"""Which line of a TOML file a key stands on. ``tomllib`` does not say, and an error without a line is half an error."""

import re
import tomllib
from typing import Any

from arena.errors import InvalidFileError, Problem

_TABLE = re.compile(r"\s*\[\[?\s*([^\[\]]+?)\s*\]\]?\s*(?:#.*)?$")
# A list over several lines, and a table in it that begins a line of its own.
_OPENS_LIST = re.compile(r"[^#\"']*=\s*\[\s*(?:#.*)?$")
_LISTED = re.compile(r"\s*\{")
_KEY = re.compile(r"\s*([A-Za-z0-9_\-.\"']+)\s*=")
_SYNTAX_LINE = re.compile(r"\(at line (\d+), column \d+\)")

MAX_BYTES = 256 * 1024


def parse(data: bytes, name: str) -> dict[str, Any]:
    """Parse TOML bytes; raise ``InvalidFileError`` with the line of what cannot be read."""
    if len(data) > MAX_BYTES:
        raise InvalidFileError(
            [Problem(file=name, line=None, reason=f"larger than {MAX_BYTES} bytes", fix="keep only settings in it")]
        )
    try:
        return tomllib.loads(data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        problem = Problem(file=name, line=line, reason="not UTF-8 text", fix="save the file as UTF-8")
        raise InvalidFileError([problem]) from error
    except (ValueError, RecursionError) as error:  # Syntax, an endless number, or brackets without end.
        match = _SYNTAX_LINE.search(str(error))
        problem = Problem(
            file=name,
            line=int(match.group(1)) if match else data.count(b"\n") + 1,
            reason=f"not valid TOML: {error}",
            fix="mend the line; strings need quotes, dates an offset",
        )
        raise InvalidFileError([problem]) from error


def _names(dotted: str) -> tuple[str, ...]:
    return tuple(part.strip().strip("\"'") for part in dotted.split("."))


Place = tuple[str | int, ...]


def line_numbers(text: str) -> dict[Place, int]:
    """Map each table and key to its 1-based line: a tuple of names, with the number of a table in its array."""
    found: dict[Place, int] = {}
    table: Place = ()
    arrays: dict[Place, int] = {}
    inside: Place | None = None
    for number, line in enumerate(text.splitlines(), start=1):
        if inside is not None and _LISTED.match(line):
            arrays[inside] = arrays.get(inside, -1) + 1
            found[*inside, arrays[inside]] = number
        elif header := _TABLE.match(line):
            inside = None
            table = _names(header.group(1))
            found.setdefault(table, number)
            if line.lstrip().startswith("[["):
                arrays[table] = arrays.get(table, -1) + 1
                table = (*table, arrays[table])
                found[table] = number
        elif key := _KEY.match(line):
            place = table + _names(key.group(1))
            found.setdefault(place, number)
            inside = place if _OPENS_LIST.match(line) else None
    return found


def line_of(lines: dict[Place, int], location: Place) -> int | None:
    """Return the line of the longest known prefix of ``location``: a missing key points at its table."""
    for end in range(len(location), 0, -1):
        if location[:end] in lines:
            return lines[location[:end]]
    return None
