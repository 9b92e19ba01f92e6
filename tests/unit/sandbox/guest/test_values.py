"""Values cross the wall unchanged, and nothing else crosses it."""

import contextlib
import json
import math
import sys
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from arena.sandbox.guest import values
from arena.sandbox.guest.values import MAX_BYTES, MAX_DEPTH, MAX_ITEMS, NotPlainError, Tensor, dumps, loads

DTYPES = ["bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"]
DTYPES += ["float16", "float32", "float64"]

arrays = st.sampled_from(DTYPES).flatmap(
    lambda dtype: hnp.arrays(dtype, hnp.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=4))
)
scalars = st.sampled_from(DTYPES).flatmap(lambda dtype: hnp.arrays(dtype, ())).map(lambda array: array[()])
plain = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.integers(2**53 - 2, 2**80)
    | st.floats()
    | st.text()
    | arrays
    | scalars,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.lists(inner, max_size=4).map(tuple)
        | st.dictionaries(st.text(max_size=4), inner, max_size=4)
    ),
    max_leaves=12,
)


def is_same(one: Any, other: Any) -> bool:
    """Of one type and one value, to the last bit; what is not a number is itself."""
    if type(one) is not type(other):
        return False
    if isinstance(one, (list, tuple)):
        return len(one) == len(other) and all(map(is_same, one, other))
    if isinstance(one, dict):
        return list(one) == list(other) and all(is_same(one[key], other[key]) for key in one)
    if isinstance(one, (np.ndarray, np.generic)):
        return (one.dtype, one.shape, one.tobytes()) == (other.dtype, other.shape, other.tobytes())
    if isinstance(one, float):
        same = one == other and math.copysign(1, one) == math.copysign(1, other)
        return same or (math.isnan(one) and math.isnan(other))
    return bool(one == other)


@given(plain)
def test_round_trip(value: Any) -> None:
    """What goes in comes out: type, value, shape, dtype, sign of zero and order of keys."""
    assert is_same(loads(dumps(value)), value)


@given(plain)
def test_one_way_to_write(value: Any) -> None:
    """A value is always written alike, so that a change of it can be seen."""
    assert dumps(loads(dumps(value))) == dumps(value)


@pytest.mark.parametrize(
    "value",
    [math.inf, -math.inf, -0.0, 2**53, -(2**53), 2**64 - 1, 10**4000, -(10**4000), np.zeros((0, 3)), np.array(-0.0)],
    ids=["inf", "-inf", "-0.0", "2**53", "-2**53", "2**64-1", "10**4000", "-10**4000", "empty", "0-d"],
)
def test_edges(value: Any) -> None:
    """The ends of floats and integers, arrays without items and without dimensions cross, too."""
    assert is_same(loads(dumps([value])), [value])


def test_order_of_memory() -> None:
    """How an array lies in memory is not part of its value."""
    array = np.arange(12, dtype=">i4").reshape(3, 4).T[::-1]
    crossed = loads(dumps(array))
    assert crossed.dtype == np.dtype("int32")
    assert np.array_equal(crossed, array)
    assert crossed.flags.writeable


@pytest.mark.parametrize("requires_grad", [True, False])
def test_tensors(requires_grad: bool) -> None:  # noqa: FBT001 - a parameter
    """A tensor comes out as one, or as what stands for one where there is no torch."""
    torch = pytest.importorskip("torch")
    tensor = torch.tensor([[1.0, math.nan], [-0.0, 3.0]], requires_grad=requires_grad)
    data = dumps({"weights": tensor, "count": torch.tensor(3)})
    crossed = loads(data, values.to_torch)
    assert torch.equal(crossed["weights"].nan_to_num(), tensor.nan_to_num())
    assert (crossed["weights"].dtype, crossed["weights"].requires_grad) == (torch.float32, requires_grad)
    assert crossed["count"].shape == ()
    stand_in = loads(data)["weights"]
    assert isinstance(stand_in, Tensor)
    assert (stand_in.array.dtype.name, stand_in.requires_grad) == ("float32", requires_grad)
    # Either side writes what the other one wrote.
    assert dumps(crossed) == dumps(loads(data)) == data


class _Number(float):
    """A float of one's own."""

    def __eq__(self, _: object) -> bool:
        return True

    __hash__ = float.__hash__


class _Names(dict[str, int]):
    """A dict of one's own."""


@pytest.mark.parametrize(
    ("value", "crossed"),
    [(_Number(2.5), 2.5), (_Names(a=1), {"a": 1}), (np.ones(2).view(np.recarray), np.ones(2))],
)
def test_what_derives_from_plain_types_becomes_plain(value: Any, crossed: Any) -> None:
    """Of a class that only derives from a plain one the value crosses, and nothing of the class."""
    assert is_same(loads(dumps(value)), crossed)


def _nested(depth: int) -> list[Any]:
    made: list[Any] = []
    for _ in range(depth):
        made = [made]
    return made


def _cyclic() -> list[Any]:
    made: list[Any] = []
    made.append(made)
    return made


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (object, "a value of type object"),
        (lambda: {1, 2}, "a value of type set"),
        (lambda: b"bytes", "a value of type bytes"),
        (lambda: 1j, "a value of type complex"),
        (lambda: range(3), "a value of type range"),
        (lambda: (n for n in [1]), "a value of type generator"),
        (lambda: {1: "one"}, "a dict whose keys are not all text"),
        (lambda: np.array([object()]), "an array of dtype object"),
        (lambda: np.array(["text"]), "an array of dtype <U4"),
        (lambda: np.array([1j]), "an array of dtype complex128"),
        (lambda: np.longdouble(1), f"an array of dtype {np.dtype('longdouble')}"),
        (lambda: np.zeros((1,) * 17), "an array of more than 16 dimensions"),
        (lambda: _nested(MAX_DEPTH + 1), f"it is nested more than {MAX_DEPTH} deep"),
        (_cyclic, f"it is nested more than {MAX_DEPTH} deep"),
        (lambda: [0] * (MAX_ITEMS + 1), f"it holds more than {MAX_ITEMS} items"),
        (lambda: [[0] * 1000] * 101, f"it holds more than {MAX_ITEMS} items"),
        (lambda: "x" * (MAX_BYTES + 1), f"it is larger than {MAX_BYTES} bytes"),
        (lambda: np.zeros(MAX_BYTES + 1, dtype=np.int8), f"it is larger than {MAX_BYTES} bytes"),
        (lambda: [np.zeros(MAX_BYTES // 2, dtype=np.int8)] * 3, f"it is larger than {MAX_BYTES} bytes"),
        (lambda: "\U0001f96d" * 1_500_000, f"it is larger than {MAX_BYTES} bytes"),
        (lambda: "a\ud800", "a text with half a character"),
        (lambda: 1 << (1 << 17), "an integer of more than 65536 bits"),
    ],
)
def test_what_does_not_cross(value: Callable[[], Any], reason: str) -> None:
    """Everything else, and whatever is too deep, too many or too large, is refused with the reason."""
    with pytest.raises(NotPlainError) as caught:
        dumps(value())
    assert str(caught.value) == reason


def test_tensors_that_do_not_cross() -> None:
    """Tensors of which NumPy has no dtype, or no layout, are refused."""
    torch = pytest.importorskip("torch")
    for tensor in (torch.zeros(2, dtype=torch.bfloat16), torch.eye(2).to_sparse(), torch.zeros(MAX_BYTES)):
        with pytest.raises(NotPlainError):
            dumps(tensor)


ARRAY = {"dtype": "int64", "shape": [1], "data": "AAAAAAAAAAA="}


@pytest.mark.parametrize(
    "node",
    [
        "\ud800",
        {"object": 1},
        {},
        {"tuple": [], "dict": []},
        {"tuple": {}},
        {"tuple": "ab"},
        {"dict": {"a": 1}},
        {"dict": [["a"]]},
        {"dict": [[1, 2]]},
        {"dict": [["a", 1], ["a", 2]]},
        {"float": "Infinity"},
        {"float": 1.5},
        {"int": "12g"},
        {"int": "0x1f"},
        {"int": " 1f"},
        {"int": 5},
        {"int": "f" * (1 << 15)},
        2**53,
        {"array": {**ARRAY, "dtype": "object"}},
        {"array": {**ARRAY, "dtype": "O"}},
        {"array": {**ARRAY, "dtype": ["int64"]}},
        {"array": {**ARRAY, "dtype": "longdouble"}},
        {"array": {**ARRAY, "shape": [-1]}},
        {"array": {**ARRAY, "shape": [2]}},
        {"array": {**ARRAY, "shape": [True]}},
        {"array": {**ARRAY, "shape": [1.0]}},
        {"array": {**ARRAY, "shape": "1"}},
        {"array": {**ARRAY, "shape": [1] * 17}},
        {"array": {**ARRAY, "shape": [0, 10**30]}},
        {"array": {**ARRAY, "data": "AAAA"}},
        {"array": {**ARRAY, "data": "not base64!"}},
        {"array": {**ARRAY, "data": "ü"}},
        {"array": {**ARRAY, "data": None}},
        {"array": {**ARRAY, "more": 1}},
        {"array": [1]},
        {"array": {"dtype": "bool", "shape": [1], "data": "Ag=="}},
        {"scalar": ARRAY},
        {"tensor": ARRAY},
        {"tensor": {**ARRAY, "requires_grad": 1}},
    ],
)
def test_what_nobody_writes_is_not_read(node: Any) -> None:
    """A sandbox may send anything; only what ``dumps`` writes is taken."""
    with pytest.raises(NotPlainError):
        loads(json.dumps(node).encode())


@pytest.mark.parametrize(
    "data",
    [
        *(b"NaN", b"Infinity", b"-Infinity", b"[NaN]", b"1e999", b"[-1e999]"),
        *(b"", b"{", b"nonsense", b"\xff\xfe", b"1 2", b"[1,]"),
        b"9" * 5000,
        b"[" * 100_000 + b"]" * 100_000,
        b'{"tuple":' * 50_000 + b"[]" + b"}" * 50_000,
        b'"' + b"x" * (values.MAX_JSON_BYTES) + b'"',
        b"[" + b"0," * MAX_ITEMS + b"0]",
    ],
    ids=lambda data: repr(data[:12]),
)
def test_hostile_bytes(data: bytes) -> None:
    """Nothing that is no JSON, or JSON without measure, does more than be refused."""
    with pytest.raises(NotPlainError):
        loads(data)


@given(st.binary(max_size=60) | st.text(max_size=60).map(str.encode))
def test_any_bytes(data: bytes) -> None:
    """Whatever bytes come, they are a value or are refused."""
    with contextlib.suppress(NotPlainError):
        loads(data)


def test_plain_values_need_no_packages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a runtime has neither NumPy nor torch, values without arrays cross all the same."""
    for name in ("numpy", "torch"):
        monkeypatch.setitem(sys.modules, name, None)
    value = {"a": [1, 2.5, None, True, "x"], "b": (1, 2)}
    assert loads(dumps(value)) == value
