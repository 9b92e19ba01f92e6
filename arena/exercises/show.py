"""Values as learners see them: as Python writes them, on one line of bounded length, safe to print."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from arena.model.safe_text import safe_line
from arena.sandbox.guest.values import Tensor

_LENGTH = 300
# Of a list or an array: more are counted.
_ITEMS = 12


def shown(value: object, limit: int = _LENGTH) -> str:
    """The value on one line."""
    return safe_line(_text(value, limit), limit)


def shown_call(function: str, args: Sequence[object], kwargs: Mapping[str, object]) -> str:
    """The call on one line."""
    parts = [*(_text(value, _LENGTH) for value in args), *(f"{name}={_text(kwargs[name], _LENGTH)}" for name in kwargs)]
    return safe_line(f"{function}({', '.join(parts)})", 2 * _LENGTH)


def _text(value: object, limit: int) -> str:  # noqa: PLR0911 - one way out for each kind
    """Stops early: what is cut off later need not be written."""
    if isinstance(value, Tensor):
        grad = ", requires_grad=True" if value.requires_grad else ""
        return f"tensor({_body(value.array)}{_dtype(value.array, 'float32')}{grad})"
    if isinstance(value, np.ndarray):
        return f"array({_body(value)}{_dtype(value, 'float64')})"
    if isinstance(value, np.generic):
        return repr(value.item())
    if isinstance(value, str):
        return repr(value[:limit]) + ("…" if len(value) > limit else "")
    if isinstance(value, dict):
        return "{" + _joined([f"{key!r}: {_text(value[key], limit)}" for key in [*value][:_ITEMS]], len(value)) + "}"
    if isinstance(value, list):
        return f"[{_joined([_text(item, limit) for item in value[:_ITEMS]], len(value))}]"
    if isinstance(value, tuple):
        inner = _joined([_text(item, limit) for item in value[:_ITEMS]], len(value))
        return f"({inner}{',' if len(value) == 1 else ''})"
    if isinstance(value, int) and value.bit_length() > 4 * limit:
        return hex(value)
    return repr(value)


def _joined(parts: list[str], count: int) -> str:
    left_out = [f"… {count} in all"] if count > len(parts) else []
    return ", ".join([*parts, *left_out])


def _body(array: NDArray[Any]) -> str:
    text = np.array2string(array, separator=", ", threshold=4 * _ITEMS, edgeitems=3, max_line_width=10_000)
    return " ".join(text.split())


def _dtype(array: NDArray[Any], usual: str) -> str:
    return "" if array.dtype.name in {usual, "int64", "bool"} else f", dtype={array.dtype.name}"
