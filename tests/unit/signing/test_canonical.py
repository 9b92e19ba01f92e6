"""One text for one value."""

import json
import math
import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arena.signing.canonical import as_laid_out, canonical, laid_out, without_signature

_text = st.text(st.characters(codec="utf-8"), max_size=8)
_leaf = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | _text
_values: st.SearchStrategy[Any] = st.recursive(
    _leaf, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_text, inner, max_size=3), max_leaves=8
)
_objects = st.dictionaries(_text, _values, max_size=4)


def _shuffled(value: Any, chance: random.Random) -> Any:
    if isinstance(value, dict):
        items = [(name, _shuffled(inner, chance)) for name, inner in value.items()]
        chance.shuffle(items)
        return dict(items)
    return [_shuffled(inner, chance) for inner in value] if isinstance(value, list) else value


@given(_objects, st.randoms(use_true_random=False))
def test_order_of_keys(value: dict[str, Any], chance: random.Random) -> None:
    """The order in which keys stand in a file changes nothing, at any depth."""
    assert canonical(_shuffled(value, chance)) == canonical(value)


@given(_objects)
def test_layout(value: dict[str, Any]) -> None:
    """However a file is indented and escaped, what it holds has one canonical form."""
    for text in (json.dumps(value), json.dumps(value, indent=7, ensure_ascii=False), laid_out(value)):
        assert canonical(json.loads(text)) == canonical(value)


@given(_values, _values)
def test_distinct(one: Any, other: Any) -> None:
    """Two values that are told apart by JSON have two canonical forms: 1 is not 1.0, nor true, nor "1"."""
    same = json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)
    assert (canonical(one) == canonical(other)) == same


def test_form() -> None:
    """Sorted keys, no spaces, UTF-8, floats as Python's repr."""
    value = {"b": [1, 1.0, 1e300, 0.1 + 0.2, -0.0], "a": {"খ": "ক\n", "": None}}
    text = '{"a":{"":null,"খ":"ক\\n"},"b":[1,1.0,1e+300,0.30000000000000004,-0.0]}'
    assert canonical(value) == text.encode()


@pytest.mark.parametrize("value", [math.nan, math.inf, "\ud800"])
def test_not_json(value: object) -> None:
    """What JSON or UTF-8 cannot hold has no canonical form."""
    with pytest.raises(ValueError, match=r"JSON|surrogates"):
        canonical({"x": value})


def test_without_signature() -> None:
    """A signature is over all but itself, and only at the top is it the signature."""
    assert without_signature({"a": {"signature": 1}, "signature": "x"}) == {"a": {"signature": 1}}


@given(_objects)
def test_laid_out(value: dict[str, Any]) -> None:
    """What arena wrote is found to be laid out as arena writes."""
    assert as_laid_out(laid_out(value)) == laid_out(value)


@given(_objects, st.data())
def test_any_byte(value: dict[str, Any], data: st.DataObject) -> None:
    """A file of which one byte was altered is no JSON, or another value, or not laid out so: it never passes for it."""
    before = laid_out(value)
    at = data.draw(st.integers(0, len(before) - 1))
    after = before[:at] + bytes([before[at] ^ data.draw(st.integers(1, 255))]) + before[at + 1 :]
    assert as_laid_out(after) != after or canonical(json.loads(after)) != canonical(value)


@pytest.mark.parametrize(
    "data",
    [b"", b"[1]", b"null", b"\xff", b'{"a":NaN}', b'{"a":"\\ud800"}', b"[" * 100_000, b'{"a":1' + b"0" * 5000 + b"}"],
)
def test_no_object(data: bytes) -> None:
    """Bytes that hold no JSON object have no layout, and are no crash."""
    assert as_laid_out(data) is None
