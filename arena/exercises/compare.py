"""Whether what was returned is what is expected. Pure: plain data in, no method of a learner's object is ever called.

A number is right where ``|got - want| <= atol + rtol * |want|``; nan is equal to nan, an infinity to itself. Where both
are integers or booleans nothing was rounded, so ``rtol`` does not count. List, tuple, array and tensor are the same
where they hold numbers of one shape; a scalar has the shape ``()``.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from arena.exercises.case import Between, Value
from arena.exercises.mismatch import Mismatch
from arena.exercises.show import shown
from arena.model.message import Message
from arena.sandbox.guest.values import Tensor

# What messages call what a function returned; indices stand below it, as Python writes them.
_RESULT = "result"
# Objects: Python's own integers, where NumPy has none so large.
_WHOLE = "biuO"


@dataclass(frozen=True, slots=True)
class Difference:
    """The first difference, and what a learner may be told of it where the case is public."""

    kind: Mismatch
    message: Message


def difference(got: object, expected: Value | Between, *, rtol: float, atol: float) -> Difference | None:
    """How ``got`` differs from what is expected, or ``None`` where it is right."""
    if isinstance(expected, Between):
        return _outside(got, expected)
    return next(_Comparison(rtol, atol).differences(got, expected.value, _RESULT), None)


@dataclass(frozen=True, slots=True)
class _Comparison:
    rtol: float
    atol: float

    def differences(self, got: object, want: object, where: str) -> Iterator[Difference]:
        """What differs in ``where``: ``result[0]['mean']``."""
        if isinstance(want, dict):
            yield from self._of_dicts(got, want, where)
        elif want is None or isinstance(want, str):
            if _kind(got) != _kind(want):
                yield _wrong_type(got, want, where)
            elif got != want:
                yield _wrong_value(got, want, where)
        elif isinstance(want, (list, tuple)) and isinstance(got, (list, tuple)):
            if len(got) != len(want):
                yield _wrong_shape(_shape(got), _shape(want), where)
                return
            for index, (one, other) in enumerate(zip(got, want, strict=True)):
                yield from self.differences(one, other, f"{where}[{index}]")
        else:
            yield from self._of_numbers(got, want, where)

    def _of_dicts(self, got: object, want: dict[str, Any], where: str) -> Iterator[Difference]:
        if not isinstance(got, dict):
            yield _wrong_type(got, want, where)
        elif got.keys() != want.keys():
            keys = {"got": shown(sorted(got)), "want": shown(sorted(want))}
            yield Difference(Mismatch.WRONG_VALUE, Message.of("case.wrong_keys", where=where, **keys))
        else:
            for key, value in want.items():
                yield from self.differences(got[key], value, f"{where}[{shown(key)}]")

    def _of_numbers(self, got: object, want: object, where: str) -> Iterator[Difference]:
        wanted, found = _numbers(want), _numbers(got)
        if wanted is None or (found is None and not _is_ragged(got)):
            yield _wrong_type(got, want, where)
        elif found is None or found.shape != wanted.shape:
            yield _wrong_shape(_shape(got), wanted.shape, where)
        elif (wrong := ~self._close(found, wanted)).any():
            yield _wrong_numbers(found, wanted, wrong, where)

    def _close(self, got: NDArray[Any], want: NDArray[Any]) -> NDArray[np.bool_]:
        if got.dtype.kind in _WHOLE and want.dtype.kind in _WHOLE:
            if self.atol < 1:
                return np.asarray(got == want, dtype=np.bool_)
            return np.asarray(np.abs(got.astype(object) - want.astype(object)) <= self.atol, dtype=np.bool_)
        one, other = _floats(got), _floats(want)
        with np.errstate(all="ignore"):
            near = np.abs(one - other) <= self.atol + self.rtol * np.abs(other)
        same = (one == other) | (np.isnan(one) & np.isnan(other))
        return np.asarray(same | (near & np.isfinite(one) & np.isfinite(other)), dtype=np.bool_)


def _outside(got: object, expected: Between) -> Difference | None:
    low, high, found = _numbers(expected.low), _numbers(expected.high), _numbers(got)
    if low is None or high is None:
        raise ValueError("bounds that are no numbers")
    shape = np.broadcast_shapes(low.shape, high.shape)
    if found is None and not _is_ragged(got):
        return _wrong_type(got, expected.low, _RESULT)
    if found is None or found.shape != shape:
        return _wrong_shape(_shape(got), shape, _RESULT)
    value = _floats(found)
    if np.all((_floats(low) <= value) & (value <= _floats(high))):
        return None
    params = {"got": shown(got), "low": shown(expected.low), "high": shown(expected.high)}
    return Difference(Mismatch.WRONG_VALUE, Message.of("case.not_between", **params))


def _floats(numbers: NDArray[Any]) -> NDArray[np.float64]:
    if numbers.dtype.kind != "O":
        return numbers.astype(np.float64)
    return np.array([_float(each) for each in numbers.flat], dtype=np.float64).reshape(numbers.shape)


def _float(value: float) -> float:
    try:
        return float(value)
    except OverflowError:
        return math.inf if value > 0 else -math.inf


def _is_scalar(value: object) -> bool:
    return isinstance(value, (bool, int, float, np.number, np.bool_))


def _numbers(value: object) -> NDArray[Any] | None:
    """The value as an array, or ``None`` where it is not numbers of one shape."""
    if isinstance(value, Tensor):
        return np.asarray(value.array)
    if isinstance(value, np.ndarray):
        return value
    if _is_scalar(value):
        return _array([value], ())
    if not isinstance(value, (list, tuple)):
        return None
    parts = [_numbers(item) for item in value]
    arrays = [part for part in parts if part is not None]
    if len(arrays) != len(parts) or len({array.shape for array in arrays}) > 1:
        return None
    shape = arrays[0].shape if arrays else ()
    return _array([each for array in arrays for each in array.ravel().tolist()], (len(arrays), *shape))


def _array(flat: Sequence[object], shape: tuple[int, ...]) -> NDArray[Any]:
    plain: list[Any] = [each.item() if isinstance(each, np.generic) else each for each in flat]
    if plain and all(isinstance(each, int) for each in plain):
        return np.array(plain, dtype=object).reshape(shape)
    return np.array([_float(each) for each in plain], dtype=np.float64).reshape(shape)


def _is_ragged(value: object) -> bool:
    """Whether it holds numbers alone, though not of one shape."""
    if isinstance(value, (list, tuple)):
        return all(map(_is_ragged, value))
    return _is_scalar(value) or isinstance(value, (np.ndarray, Tensor))


def _shape(value: object) -> tuple[int | str, ...]:
    """As far as there is one: a ragged list's ends in ``?``."""
    numbers = _numbers(value)
    if numbers is not None:
        return numbers.shape
    if not isinstance(value, (list, tuple)):
        return ()
    inner = {_shape(item) for item in value}
    return (len(value), *(inner.pop() if len(inner) == 1 else ("?",)))


def _kind(value: object) -> str:
    """What a value is, as Python calls it."""
    if value is None or isinstance(value, (str, dict, list, tuple)):
        return type(value).__name__ if value is not None else "None"
    if isinstance(value, Tensor):
        return "tensor"
    return "array" if isinstance(value, np.ndarray) else "number"


def _wrong_type(got: object, want: object, where: str) -> Difference:
    if got is None:
        return Difference(Mismatch.WRONG_TYPE, Message.of("case.nothing", where=where, want=_kind(want)))
    params = {"where": where, "got": _kind(got), "want": _kind(want)}
    return Difference(Mismatch.WRONG_TYPE, Message.of("case.wrong_type", **params))


def _wrong_shape(got: Sequence[int | str], want: Sequence[int | str], where: str) -> Difference:
    params = {"where": where, "got": _tuple(got), "want": _tuple(want)}
    return Difference(Mismatch.WRONG_SHAPE, Message.of("case.wrong_shape", **params))


def _tuple(shape: Sequence[int | str]) -> str:
    return f"({', '.join(map(str, shape))}{',' if len(shape) == 1 else ''})"


def _wrong_value(got: object, want: object, where: str) -> Difference:
    params = {"where": where, "got": shown(got), "want": shown(want)}
    return Difference(Mismatch.WRONG_VALUE, Message.of("case.wrong_value", **params))


def _wrong_numbers(found: NDArray[Any], wanted: NDArray[Any], wrong: NDArray[np.bool_], where: str) -> Difference:
    if not wrong.ndim:
        return _wrong_value(found[()], wanted[()], where)
    index = tuple(int(each) for each in np.argwhere(wrong)[0])
    return Difference(
        Mismatch.WRONG_VALUE,
        Message.of(
            "case.wrong_values",
            where=f"{where}[{', '.join(map(str, index))}]",
            got=shown(found[index]),
            want=shown(wanted[index]),
            count=int(wrong.sum()),
            total=int(wrong.size),
        ),
    )
