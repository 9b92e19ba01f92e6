"""Values as learners see them."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given

from arena.exercises.show import shown, shown_call
from arena.sandbox.guest.values import Tensor
from tests.unit.sandbox.guest.test_values import plain


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (3, "3"),
        (0.1, "0.1"),
        (None, "None"),
        ("it's", '"it\'s"'),
        ("\x1b[2J\u202e", "'\\x1b[2J\\u202e'"),
        ([1, (2,), {"a": [3]}], "[1, (2,), {'a': [3]}]"),
        (list(range(20)), "[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, … 20 in all]"),
        (np.array([[1.0, 2.5], [3.0, 4.0]]), "array([[1. , 2.5], [3. , 4. ]])"),
        (np.array([1, 2]), "array([1, 2])"),
        (np.array([1.0], dtype=np.float32), "array([1.], dtype=float32)"),
        (np.array(1.5), "array(1.5)"),
        (np.float32(0.5), "0.5"),
        (np.arange(1000), "array([ 0, 1, 2, ..., 997, 998, 999])"),
        (Tensor(np.array([1.0], dtype=np.float32), requires_grad=False), "tensor([1.])"),
        (Tensor(np.array([1.0]), requires_grad=True), "tensor([1.], dtype=float64, requires_grad=True)"),
        (10**30, "1" + "0" * 30),
    ],
)
def test_shown(value: Any, text: str) -> None:
    """As Python writes it, on one line; of what is long, the beginning and how much there is."""
    assert shown(value) == text


@given(plain)
def test_any_value(value: Any) -> None:
    """Every value has a line of bounded length that can steer no terminal."""
    text = shown(value)
    assert 0 < len(text) <= 300
    assert text.isprintable() or any(char in text for char in "\u200c\u200d")


@pytest.mark.parametrize(
    "value",
    [1 << 60_000, "x" * 10**6, np.zeros(10**6), [["y" * 10**5] * 10**4] * 3],
    ids=["integer", "text", "array", "list"],
)
def test_large_values(value: Any) -> None:
    """However large a value is, its line is short."""
    assert len(shown(value)) <= 300


def test_call() -> None:
    """A call stands as one would write it."""
    assert shown_call("dot", [[1, 2], np.array([3, 4])], {"axis": 0}) == "dot([1, 2], array([3, 4]), axis=0)"
    assert shown_call("now", [], {}) == "now()"
    assert len(shown_call("dot", ["x" * 1000] * 9, {})) <= 600
