"""The one text that a JSON value is signed as.

Keys sorted by code point, no spaces, UTF-8 with nothing escaped that need not be, numbers as Python writes them: the
shortest text that reads back as the same double. Two files that hold the same values have the same canonical form,
however they are indented, and two values that differ anywhere have different ones.
"""

import json
from typing import Any


def canonical(value: Any) -> bytes:  # noqa: ANN401 - whatever JSON can hold
    """The canonical bytes of a JSON value.

    Raises:
        ValueError: it holds a number that JSON has not, or text that is no Unicode.
    """
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()


def without_signature(data: dict[str, Any]) -> dict[str, Any]:
    """What of a signed object its signature is over: all but itself."""
    return {name: value for name, value in data.items() if name != "signature"}


def as_laid_out(data: bytes) -> bytes | None:
    """How arena writes the JSON object that ``data`` holds; ``None`` where it holds none.

    It is ``data`` itself exactly when no byte of the file was touched, spaces between values included.
    """
    try:
        value = json.loads(data, parse_constant=_no_number)
        return laid_out(value) if isinstance(value, dict) else None
    except (ValueError, RecursionError):  # ValueError: no JSON, no UTF-8, or half a character.
        return None


def laid_out(value: dict[str, Any]) -> bytes:
    """A JSON object as the bytes of a file that people read: keys in their order, a line each."""
    return json.dumps(value, ensure_ascii=False, indent=1, allow_nan=False).encode() + b"\n"


def _no_number(text: str) -> float:
    raise ValueError(f"{text} is no number of JSON")
