"""Values that cross the sandbox's wall, as JSON. Both sides use exactly this, and neither unpickles anything.

``None``, booleans, numbers, texts and lists stand for themselves; a float always has a point or an exponent. What JSON
lacks is an object with one key:

    {"float": "nan"}  {"int": "-1ff"} (hexadecimal, from 2**53)  {"tuple": […]}  {"dict": [[key, value], …]}
    {"array": {dtype, shape, data}}  {"scalar": {…}} (of NumPy)  {"tensor": {…, requires_grad}}

``data`` is base64 of little-endian bytes in C order. NumPy and torch are imported only where their values occur. What
comes out of a sandbox is hostile: ``loads`` takes nothing that ``dumps`` would not write, and both are bounded.
"""

import base64
import binascii
import json
import math
import re
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NoReturn

MAX_DEPTH = 32
# Of lists, tuples and dicts together.
MAX_ITEMS = 100_000
# Of texts and arrays together; base64 and JSON make it half as long again at most.
MAX_BYTES = 4 * 1024**2
MAX_JSON_BYTES = 4 * MAX_BYTES
_MAX_BITS = 1 << 16
_MAX_DIMENSIONS = 16
_EXACT = 2**53
_UNREADABLE, _TOO_LARGE = "it cannot be read", f"it is larger than {MAX_BYTES} bytes"
_HEX = re.compile(rf"-?[0-9a-f]{{1,{_MAX_BITS // 4}}}\Z")
_SPECIAL = {"nan": math.nan, "inf": math.inf, "-inf": -math.inf}
_DTYPES = frozenset(
    {"bool", *(f"{kind}int{bits}" for kind in ("", "u") for bits in (8, 16, 32, 64))}
    | {f"float{bits}" for bits in (16, 32, 64)}
)


class NotPlainError(ValueError):
    """A value that does not cross; the text says why."""


@dataclass(frozen=True, slots=True, eq=False)
class Tensor:
    """A tensor where there is no torch."""

    array: Any
    requires_grad: bool


def dumps(value: object) -> bytes:
    """The value as JSON; ``NotPlainError`` where it does not cross."""
    data = json.dumps(encode(value), allow_nan=False, separators=(",", ":")).encode("ascii")
    if len(data) > MAX_JSON_BYTES:
        raise NotPlainError(_TOO_LARGE)
    return data


def loads(data: bytes, tensor: Callable[[Any, bool], Any] = Tensor) -> Any:
    """What ``dumps`` wrote; ``tensor(array, requires_grad)`` makes a tensor."""
    return decode(parse(data), tensor)


def parse(data: bytes, max_bytes: int = MAX_JSON_BYTES) -> Any:
    """JSON of bounded length, without the constants that are none."""
    if len(data) > max_bytes:
        raise NotPlainError(_TOO_LARGE)
    try:
        return json.loads(data, parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        raise NotPlainError(_UNREADABLE) from error


def encode(value: object) -> Any:
    """The value as what JSON can hold."""
    return _Encoder().encode(value, 0)


def decode(node: Any, tensor: Callable[[Any, bool], Any] = Tensor) -> Any:
    """The value of what ``encode`` made."""
    return _Decoder(tensor).decode(node, 0)


def to_torch(array: Any, requires_grad: bool) -> Any:  # noqa: FBT001 - as ``loads`` calls it
    """A torch tensor, for ``loads`` where there is torch."""
    import torch

    return torch.from_numpy(array).requires_grad_(requires_grad)


def _refuse(_: str) -> NoReturn:
    raise NotPlainError(_UNREADABLE)


class _Bounded:
    """Counts what passes."""

    def __init__(self) -> None:
        self.items = self.bytes = 0

    def count(self, depth: int, *, items: int = 0, size: int = 0) -> None:
        """Take account of items and bytes before they are touched."""
        self.items += items
        self.bytes += size
        if depth > MAX_DEPTH:
            raise NotPlainError(f"it is nested more than {MAX_DEPTH} deep")
        if self.items > MAX_ITEMS:
            raise NotPlainError(f"it holds more than {MAX_ITEMS} items")
        if self.bytes > MAX_BYTES:
            raise NotPlainError(_TOO_LARGE)

    def text(self, value: str, depth: int) -> None:
        """Take account of a text. A surrogate that stands alone may find its other half in JSON."""
        self.count(depth, size=len(value))
        if not value.isascii() and any("\ud800" <= char <= "\udfff" for char in value):
            raise NotPlainError("a text with half a character")


class _Encoder(_Bounded):
    def encode(self, value: Any, depth: int) -> Any:  # noqa: PLR0911 - one way out for each kind
        self.count(depth)
        numpy, torch = sys.modules.get("numpy"), sys.modules.get("torch")
        if value is None or isinstance(value, bool):
            return value
        if isinstance(value, str):
            self.text(value, depth)
            return str(value)
        if numpy is not None and isinstance(value, (numpy.ndarray, numpy.generic)):
            kind = "array" if isinstance(value, numpy.ndarray) else "scalar"
            return {kind: self._array(numpy, value, depth)}
        if isinstance(value, Tensor):
            return {"tensor": {**self._array(numpy, value.array, depth), "requires_grad": value.requires_grad}}
        if torch is not None and isinstance(value, torch.Tensor):
            return {"tensor": {**self._tensor(numpy, value, depth), "requires_grad": bool(value.requires_grad)}}
        if isinstance(value, int):
            return self._int(int(value))
        if isinstance(value, float):
            return float(value) if math.isfinite(value) else {"float": str(float(value))}
        return self._collection(value, depth)

    def _int(self, value: int) -> Any:
        if abs(value) < _EXACT:
            return value
        if value.bit_length() > _MAX_BITS:
            raise NotPlainError(f"an integer of more than {_MAX_BITS} bits")
        return {"int": f"{value:x}"}

    def _collection(self, value: Any, depth: int) -> Any:
        if isinstance(value, (list, tuple)):
            self.count(depth, items=len(value))
            items = [self.encode(item, depth + 1) for item in value]
            return items if isinstance(value, list) else {"tuple": items}
        if isinstance(value, dict):
            self.count(depth, items=len(value))
            if not all(isinstance(key, str) for key in value):
                raise NotPlainError("a dict whose keys are not all text")
            return {
                "dict": [[self.encode(key, depth + 1), self.encode(item, depth + 1)] for key, item in value.items()]
            }
        raise NotPlainError(f"a value of type {type(value).__name__}")

    def _array(self, numpy: Any, value: Any, depth: int) -> dict[str, Any]:
        plain = numpy.asarray(value)
        if plain.dtype.name not in _DTYPES:
            raise NotPlainError(f"an array of dtype {plain.dtype}")
        if plain.ndim > _MAX_DIMENSIONS:
            raise NotPlainError(f"an array of more than {_MAX_DIMENSIONS} dimensions")
        self.count(depth, size=plain.nbytes)
        data = plain.astype(plain.dtype.newbyteorder("<"), copy=False).tobytes()
        return {"dtype": plain.dtype.name, "shape": list(plain.shape), "data": base64.b64encode(data).decode("ascii")}

    def _tensor(self, numpy: Any, value: Any, depth: int) -> dict[str, Any]:
        if value.element_size() * value.nelement() > MAX_BYTES:
            raise NotPlainError(_TOO_LARGE)
        try:
            plain = value.detach().cpu().resolve_conj().resolve_neg().numpy()
        except (TypeError, RuntimeError) as error:
            raise NotPlainError(f"a tensor of {value.dtype}, {value.layout}") from error
        return self._array(numpy, plain, depth)


class _Decoder(_Bounded):
    def __init__(self, tensor: Callable[[Any, bool], Any]) -> None:
        super().__init__()
        self.tensor = tensor

    def decode(self, node: Any, depth: int) -> Any:
        self.count(depth)
        if node is None or isinstance(node, bool):
            return node
        if isinstance(node, str):
            self.text(node, depth)
            return node
        if isinstance(node, int) and abs(node) < _EXACT:
            return node
        if isinstance(node, float) and math.isfinite(node):
            return node
        if isinstance(node, list):
            return self._items(node, depth)
        if isinstance(node, dict) and len(node) == 1:
            ((kind, content),) = node.items()
            return self._tagged(kind, content, depth)
        raise NotPlainError(_UNREADABLE)

    def _items(self, nodes: Any, depth: int) -> list[Any]:
        if not isinstance(nodes, list):
            raise NotPlainError(_UNREADABLE)
        self.count(depth, items=len(nodes))
        return [self.decode(node, depth + 1) for node in nodes]

    def _tagged(self, kind: str, content: Any, depth: int) -> Any:  # noqa: PLR0911 - one way out for each kind
        if kind == "tuple":
            return tuple(self._items(content, depth))
        if kind == "dict":
            return self._dict(content, depth)
        if kind == "float" and isinstance(content, str) and content in _SPECIAL:
            return _SPECIAL[content]
        if kind == "int" and isinstance(content, str) and _HEX.match(content):
            return int(content, 16)
        if kind == "array":
            return self._array(content, depth)
        if kind == "scalar":
            return self._array(content, depth, shape=[])[()]
        if kind == "tensor" and isinstance(content, dict) and isinstance(content.get("requires_grad"), bool):
            rest = {name: part for name, part in content.items() if name != "requires_grad"}
            return self.tensor(self._array(rest, depth), content["requires_grad"])
        raise NotPlainError(_UNREADABLE)

    def _dict(self, content: Any, depth: int) -> dict[str, Any]:
        made = {}
        for pair in content if isinstance(content, list) else [None]:
            if not isinstance(pair, list) or len(pair) != 2 or not isinstance(pair[0], str):
                raise NotPlainError(_UNREADABLE)
            self.count(depth, items=1)
            made[self.decode(pair[0], depth + 1)] = self.decode(pair[1], depth + 1)
        if len(made) != len(content):
            raise NotPlainError(_UNREADABLE)
        return made

    def _array(self, content: Any, depth: int, shape: list[int] | None = None) -> Any:
        import numpy as np

        if not isinstance(content, dict) or content.keys() != {"dtype", "shape", "data"}:
            raise NotPlainError(_UNREADABLE)
        dtype, found, data = content["dtype"], content["shape"], content["data"]
        if not isinstance(dtype, str) or dtype not in _DTYPES or not isinstance(data, str):
            raise NotPlainError(_UNREADABLE)
        if not isinstance(found, list) or len(found) > _MAX_DIMENSIONS or (shape is not None and found != shape):
            raise NotPlainError(_UNREADABLE)
        if not all(type(size) is int and 0 <= size < _EXACT for size in found):
            raise NotPlainError(_UNREADABLE)
        self.count(depth, size=len(data) * 3 // 4)
        try:
            raw = base64.b64decode(data, validate=True)
            flat = np.frombuffer(raw, dtype=np.dtype(dtype).newbyteorder("<"))
            if dtype == "bool" and flat.view(np.uint8).max(initial=0) > 1:
                raise NotPlainError(_UNREADABLE)
            return flat.astype(dtype).reshape(found)
        except (binascii.Error, ValueError) as error:
            raise NotPlainError(_UNREADABLE) from error
