"""When a result is right: the rules that `docs/reference/exercises.md` states, and nothing beside them."""

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from arena.exercises.case import Between, Value
from arena.exercises.compare import Difference, difference
from arena.exercises.mismatch import Mismatch
from arena.sandbox.guest.values import Tensor
from tests.unit.sandbox.guest.test_values import plain


def compared(got: Any, want: Any, *, rtol: float = 1e-6, atol: float = 1e-9) -> Difference | None:
    """How a result differs from a value."""
    return difference(got, Value(want), rtol=rtol, atol=atol)


def kind(got: Any, want: Any, **tolerances: float) -> Mismatch | None:
    """The kind of mismatch, if there is one."""
    found = compared(got, want, **tolerances)
    return found.kind if found else None


def tensor(value: Any) -> Tensor:
    """What a tensor comes back as."""
    return Tensor(np.asarray(value), requires_grad=False)


RIGHT = [
    (3, 3),
    (3.0, 3),
    (3, 3.0),
    (True, 1),
    (1, True),
    (1.0, True),
    (np.float32(2.5), 2.5),
    (np.int8(3), 3),
    (np.array(3.0), 3),
    (tensor(3.0), 3),
    (3, np.array(3)),
    (1.0 + 1e-7, 1.0),
    (math.nan, math.nan),
    (math.inf, math.inf),
    (-math.inf, -math.inf),
    (0.0, -0.0),
    (10**400, 10**400),
    (2**63, np.uint64(2**63)),
    ([1, 2], (1, 2)),
    ((1, 2), [1, 2]),
    ([1, 2], np.array([1, 2])),
    (np.array([1.0, 2.0]), [1, 2]),
    (tensor([[1.0, 2.0]]), [[1, 2]]),
    ([np.array([1, 2]), np.array([3, 4])], np.array([[1, 2], [3, 4]])),
    (np.array([[1, 2], [3, 4]]), [np.array([1, 2]), np.array([3, 4])]),
    ([], np.zeros(0)),
    (np.zeros(0, dtype=np.int64), []),
    (np.zeros((0, 3)), np.zeros((0, 3))),
    ([[1], [2, 3]], [[1], [2, 3]]),
    ([10**400], [10**400]),
    ("text", "text"),
    (None, None),
    ({"b": 2, "a": [1.0]}, {"a": [1], "b": 2}),
    ([None, "x", {"a": (1, 2)}], (None, "x", {"a": np.array([1, 2])})),
]


@pytest.mark.parametrize(("got", "want"), RIGHT, ids=repr)
def test_right(got: Any, want: Any) -> None:
    """Numbers count by value and shape; texts, None and keys by being equal."""
    assert compared(got, want) is None


WRONG = [
    (3.2, 3, Mismatch.WRONG_VALUE),
    (4, 3, Mismatch.WRONG_VALUE),
    (False, True, Mismatch.WRONG_VALUE),
    (1.0 + 1e-5, 1.0, Mismatch.WRONG_VALUE),
    (math.nan, 1.0, Mismatch.WRONG_VALUE),
    (1.0, math.nan, Mismatch.WRONG_VALUE),
    (math.inf, 1e308, Mismatch.WRONG_VALUE),
    (1e308, math.inf, Mismatch.WRONG_VALUE),
    (-math.inf, math.inf, Mismatch.WRONG_VALUE),
    # Beyond a million, a relative tolerance would let the next integer pass.
    (10_000_001, 10_000_000, Mismatch.WRONG_VALUE),
    (2**63 + 1, 2**63, Mismatch.WRONG_VALUE),
    (np.array([2**62 + 1]), np.array([2**62]), Mismatch.WRONG_VALUE),
    (np.array([2**63 + 1], dtype=np.uint64), np.array([2**62]), Mismatch.WRONG_VALUE),
    (10**400, 1.5, Mismatch.WRONG_VALUE),
    (-1, np.uint64(2**64 - 1), Mismatch.WRONG_VALUE),
    ([1.0], 1.0, Mismatch.WRONG_SHAPE),
    (1.0, [1.0], Mismatch.WRONG_SHAPE),
    ([1, 2, 3], [1, 2], Mismatch.WRONG_SHAPE),
    ([], [1], Mismatch.WRONG_SHAPE),
    ([], np.zeros((0, 3)), Mismatch.WRONG_SHAPE),
    (np.zeros((2, 3)), np.zeros((3, 2)), Mismatch.WRONG_SHAPE),
    (np.zeros((2, 1)), np.zeros(2), Mismatch.WRONG_SHAPE),
    ([[1], [2, 3]], np.zeros((2, 2)), Mismatch.WRONG_SHAPE),
    ([[1], [2, 3]], 1.0, Mismatch.WRONG_SHAPE),
    ([[1], [2]], [[1], [2, 3]], Mismatch.WRONG_SHAPE),
    ("3", 3, Mismatch.WRONG_TYPE),
    (3, "3", Mismatch.WRONG_TYPE),
    (None, 3, Mismatch.WRONG_TYPE),
    (3, None, Mismatch.WRONG_TYPE),
    (None, "x", Mismatch.WRONG_TYPE),
    ({"a": 1}, [1], Mismatch.WRONG_TYPE),
    ([1], {"a": 1}, Mismatch.WRONG_TYPE),
    (["1", "2"], np.array([1, 2]), Mismatch.WRONG_TYPE),
    (np.zeros(2), "x", Mismatch.WRONG_TYPE),
    (np.zeros(2), ["x", "y"], Mismatch.WRONG_TYPE),
    (np.zeros(2), [[1], [2, 3]], Mismatch.WRONG_TYPE),
    ("teXt", "text", Mismatch.WRONG_VALUE),
    ({"a": 1}, {"b": 1}, Mismatch.WRONG_VALUE),
    ({"a": 1, "b": 2}, {"a": 1}, Mismatch.WRONG_VALUE),
    ({"a": 1}, {"a": 2}, Mismatch.WRONG_VALUE),
    ([1, "x"], [1, "y"], Mismatch.WRONG_VALUE),
    (["x"], ["x", "y"], Mismatch.WRONG_SHAPE),
]


@pytest.mark.parametrize(("got", "want", "mismatch"), WRONG, ids=repr)
def test_wrong(got: Any, want: Any, mismatch: Mismatch) -> None:
    """Every difference has its kind."""
    assert kind(got, want) is mismatch


def test_tolerances() -> None:
    """|got - want| <= atol + rtol * |want|: the edge is right, and integers know atol alone."""
    assert kind(110.0, 100.0, rtol=0.1, atol=0) is None
    assert kind(110.1, 100.0, rtol=0.1, atol=0) is Mismatch.WRONG_VALUE
    assert kind(100.0, 90.0, rtol=0.1, atol=0) is Mismatch.WRONG_VALUE
    assert kind(0.5, 0.0, rtol=1, atol=0.5) is None
    assert kind([1.0, 2.5], [1.0, 2.0], rtol=0, atol=0.5) is None
    assert kind(12, 10, rtol=1, atol=2) is None
    assert kind(13, 10, rtol=1, atol=2) is Mismatch.WRONG_VALUE
    assert kind([10**30 + 2], [10**30], rtol=1, atol=2) is None
    assert kind(1.0 + 1e-12, 1.0, rtol=0, atol=0) is Mismatch.WRONG_VALUE


def test_where_it_differs() -> None:
    """The first difference is named by its place, with both values and how many there are."""
    found = compared({"a": [1, np.array([[1.0, 2.0], [3.0, 5.0]])]}, {"a": [1, np.array([[1.0, 2.0], [4.0, 4.0]])]})
    assert found is not None
    assert found.message.id == "case.wrong_values"
    assert found.message.params == {
        "where": "result['a'][1][1, 0]",
        "got": "3.0",
        "want": "4.0",
        "count": 2,
        "total": 4,
    }


@pytest.mark.parametrize(
    ("got", "want", "name", "params"),
    [
        (2, 3, "case.wrong_value", {"where": "result", "got": "2", "want": "3"}),
        ([1, [2]], [1, [3]], "case.wrong_value", {"where": "result[1][0]", "got": "2", "want": "3"}),
        ([[1], [2, 3]], 0, "case.wrong_shape", {"where": "result", "got": "(2, ?)", "want": "()"}),
        (np.zeros((2, 3)), [0, 0], "case.wrong_shape", {"where": "result", "got": "(2, 3)", "want": "(2,)"}),
        ("x", [1], "case.wrong_type", {"where": "result", "got": "str", "want": "list"}),
        (tensor(1), "x", "case.wrong_type", {"where": "result", "got": "tensor", "want": "str"}),
        (None, np.zeros(1), "case.nothing", {"where": "result", "want": "array"}),
        ({"b": 1, "a": 1}, {"c": 1}, "case.wrong_keys", {"where": "result", "got": "['a', 'b']", "want": "['c']"}),
    ],
)
def test_what_is_said(got: Any, want: Any, name: str, params: dict[str, Any]) -> None:
    """A message says where, what came and what should have come."""
    found = compared(got, want)
    assert found is not None
    assert (found.message.id, found.message.params) == (name, params)


BETWEEN = [
    (0.5, 0, 1, None),
    (0, 0, 1, None),
    (1, 0, 1, None),
    (np.float32(0.5), 0, 1, None),
    ([0.5, 2.5], [0, 2], [1, 3], None),
    ([0.5, 2.5], 0, np.array([1, 3]), None),
    (-0.1, 0, 1, Mismatch.WRONG_VALUE),
    (1.1, 0, 1, Mismatch.WRONG_VALUE),
    (math.nan, 0, 1, Mismatch.WRONG_VALUE),
    (math.inf, 0, math.inf, None),
    ([0.5, 3.5], [0, 2], [1, 3], Mismatch.WRONG_VALUE),
    ([0.5], 0, 1, Mismatch.WRONG_SHAPE),
    (0.5, [0, 0], [1, 1], Mismatch.WRONG_SHAPE),
    ([[1], [1, 2]], 0, 1, Mismatch.WRONG_SHAPE),
    ("x", 0, 1, Mismatch.WRONG_TYPE),
    (None, 0, 1, Mismatch.WRONG_TYPE),
]


@pytest.mark.parametrize(("got", "low", "high", "mismatch"), BETWEEN, ids=repr)
def test_between(got: Any, low: Any, high: Any, mismatch: Mismatch | None) -> None:
    """Bounds belong to what is allowed, element by element, and their shape is the result's."""
    found = difference(got, Between(low, high), rtol=0, atol=0)
    assert (found.kind if found else None) is mismatch


@given(plain)
def test_a_value_is_itself(value: Any) -> None:
    """Whatever crosses is right where it is expected, nan and all."""
    assert compared(value, value, rtol=0, atol=0) is None


@given(plain, plain)
def test_any_two_values_can_be_compared(got: Any, want: Any) -> None:
    """No pair of values makes the comparison fail, and what it says holds no line breaks."""
    found = compared(got, want)
    if found is not None:
        assert all("\n" not in str(part) for part in found.message.params.values())


finite = st.floats(allow_nan=False, allow_infinity=False, width=32)


@given(hnp.arrays(np.float64, hnp.array_shapes(max_dims=3, max_side=4), elements=finite))
def test_lists_and_arrays_are_the_same(array: Any) -> None:
    """A nested list of an array's numbers is right where the array is expected, and the other way round."""
    for other in (array.tolist(), tensor(array), tuple(array)):
        assert compared(other, array) is None
        assert compared(array, other) is None


@given(finite, finite)
def test_against_numpy(got: float, want: float) -> None:
    """Of finite floats it is exactly NumPy's isclose."""
    assert (kind(got, want) is None) == bool(np.isclose(got, want, rtol=1e-6, atol=1e-9))


class _Liar:
    def __eq__(self, _: object) -> bool:
        raise AssertionError("nobody may ask")

    __hash__ = object.__hash__


def test_no_method_of_a_strange_object_is_called() -> None:
    """Should an object come in all the same, it is of the wrong type, and is not asked whether it is equal."""
    assert kind(_Liar(), 1.0) is Mismatch.WRONG_TYPE
    assert kind(_Liar(), "x") is Mismatch.WRONG_TYPE
    assert kind(_Liar(), None) is Mismatch.WRONG_TYPE
    assert kind([_Liar()], [1.0]) is Mismatch.WRONG_TYPE
