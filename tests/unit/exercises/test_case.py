"""Files of cases, and what a task's own code may not put into them."""

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from arena.errors import TaskError
from arena.exercises.case import Between, Raises, Value, call_of, dump_cases, parse_cases, parse_drawn
from arena.sandbox.guest import values
from tests.numbers import DOT, MEAN, NUMBERS
from tests.unit.exercises.conftest import MakeCase


def told(function: str = "dot", title: str = "two", **parts: Any) -> dict[str, Any]:
    """A case as a guest tells it."""
    return {"function": function, "name": {"en": title, "bn": title}, "args": [[1], [2]], "expect": 2, **parts}


def refusal(document: Any, *, drawn: bool = False) -> str:
    """Why a file is refused."""
    parse: Any = parse_drawn if drawn else parse_cases
    with pytest.raises(TaskError) as caught:
        parse(json.dumps(document).encode(), NUMBERS)
    assert (caught.value.message_id, caught.value.params["task"]) == ("cases.unusable", "numbers")
    return str(caught.value.params["reason"])


def test_round_trip(case: MakeCase) -> None:
    """A case is read as it was written: arguments, what is expected and its terms."""
    cases = [
        case(np.array([1.0]), (2,), expected=Value(np.array([2.0]))),
        case(expected=Value(None), name="nothing", kwargs={"axis": 0}, rtol=0.5, atol=0.25, seconds=7.0, mutates=True),
        case(expected=Between(0, [1, 2]), name="between"),
        case([], expected=Raises("ValueError"), function=MEAN),
    ]
    data = dump_cases(cases)
    found = parse_cases(data, NUMBERS)
    assert dump_cases(found) == data
    assert [each.function for each in found] == [DOT, DOT, DOT, MEAN]
    assert (found[1].rtol, found[1].atol, found[1].seconds, found[1].mutates) == (0.5, 0.25, 7.0, True)
    assert isinstance(found[1].expected, Value)
    assert found[1].expected.value is None
    assert (found[3].expected, found[3].label) == (Raises("ValueError"), "mean, 'two vectors'")
    assert "বাংলায়" in data.decode()


def test_defaults() -> None:
    """What a case does not say is its function's or its task's."""
    (found,) = parse_cases(json.dumps({"schema": 1, "cases": [told("mean")]}).encode(), NUMBERS)
    assert (found.rtol, found.atol, found.seconds, found.mutates) == (1e-3, 0.5, 2.0, False)
    assert dict(found.kwargs) == {}


def test_call(case: MakeCase) -> None:
    """A guest is told of a case the function, the arguments and its terms: neither its name nor what is expected."""
    call = call_of(case([1], kwargs={"key": 2}, seconds=3.0))
    assert (call.function, call.seconds, call.mutates) == ("dot", 3.0, False)
    assert values.loads(call.arguments) == [[[1]], {"key": 2}]


@pytest.mark.parametrize(
    ("parts", "reason"),
    [
        ({"function": "other"}, "other is none of the task's [[functions]]"),
        ({"colour": "red"}, "cases.0.colour: Extra inputs are not permitted"),
        ({"args": 3}, "cases.0.args: Input should be a valid list"),
        ({"args": [{"object": 1}]}, "dot, 'two': it cannot be read"),
        ({"kwargs": [1]}, "dot, 'two': `kwargs` is no dict"),
        ({"between": [1, 2]}, "dot, 'two': only one of between, expect can be expected"),
        ({"raises": "ValueError"}, "dot, 'two': only one of expect, raises can be expected"),
        ({"rtol": -1}, "cases.0.rtol: Input should be greater than or equal to 0"),
        ({"seconds": 0}, "cases.0.seconds: Input should be greater than 0"),
        ({"name": {"en": "x"}}, "cases.0.name.bn: Field required"),
        ({"name": {"en": " ", "bn": "x"}}, "cases.0.name.en: String should have at least 1 character"),
    ],
)
def test_unusable_case(parts: dict[str, Any], reason: str) -> None:
    """What is no case is the task's error, and is named."""
    assert refusal({"schema": 1, "cases": [told(**parts)]}) == reason


@pytest.mark.parametrize(
    ("between", "reason"), [([1], "dot, 'two': `between` takes two values"), ([{"x": 1}, 2], "dot, 'two': it cannot")]
)
def test_unusable_bounds(between: Any, reason: str) -> None:
    """Bounds are two plain values."""
    case = told(between=between)
    del case["expect"]
    assert refusal({"schema": 1, "cases": [case]}).startswith(reason)


def test_arguments_too_large_together() -> None:
    """Arguments that cross one by one, but not together, are refused before anything runs."""
    half = values.encode("x" * (values.MAX_BYTES // 2 + 1))
    assert refusal({"schema": 1, "cases": [told(args=[half], kwargs={"dict": [["a", half]]})]}).endswith("bytes")


@pytest.mark.parametrize("name", ["en", "bn"])
def test_name_twice(name: str) -> None:
    """Within a function no name stands twice, in either language: learners could not tell the cases apart."""
    other = {"en": "other", "bn": "অন্য", name: "two"}
    assert refusal({"schema": 1, "cases": [told(), told(name=other)]}) == "a name stands twice: dot: two"
    parse_cases(json.dumps({"schema": 1, "cases": [told(), told("mean")]}).encode(), NUMBERS)


@pytest.mark.parametrize("data", [b"", b"[]", b'{"schema": 2, "cases": []}', b'{"schema": 1}', b"\xff", b"[" * 99_999])
def test_no_file_of_cases(data: bytes) -> None:
    """A file that holds something else is the task's error."""
    with pytest.raises(TaskError):
        parse_cases(data, NUMBERS)


def test_expectation_missing() -> None:
    """Cases from which what is expected is missing cannot be graded."""
    case = told()
    del case["expect"]
    assert refusal({"schema": 1, "cases": [case]}) == "what is expected is missing"


def drawn(*hidden: list[dict[str, Any]]) -> dict[str, Any]:
    """What ``cases.py`` made for each of some seeds."""
    both = [told(), told("mean")]
    return {"public": both, "hidden": list(hidden) or [both, both]}


def test_drawn() -> None:
    """What is expected may be missing from what was drawn: the reference is asked."""
    case = told()
    del case["expect"]
    found = parse_drawn(json.dumps(drawn([case, told("mean")], [case, told("mean")])).encode(), NUMBERS)
    assert [each.label for each in found.public] == ["dot, 'two'", "mean, 'two'"]
    assert found.hidden[0][0].expected is None


def test_drawn_unlike() -> None:
    """Names, and their order, may not depend on the seed: what learners are told of hidden cases would."""
    mine = [told(), told("mean")]
    for other in ([told(title="three"), told("mean")], [told("mean"), told()], [told(), told("mean"), told(title="x")]):
        assert refusal(drawn(mine, other), drawn=True).startswith("hidden() gives other names")


def test_drawn_lacks_a_function() -> None:
    """Every function has a public and a hidden case: else its share would be of nothing."""
    assert refusal(drawn([told()], [told()]), drawn=True) == "hidden() has no case of mean"
    lacking = {**drawn(), "public": [told("mean")]}
    assert refusal(lacking, drawn=True) == "PUBLIC has no case of dot"


def test_weightless_order() -> None:
    """A case belongs to the function of its name, wherever that stands in the task."""
    turned = replace(NUMBERS, work=replace(NUMBERS.exercise, functions=(MEAN, DOT)))
    (found,) = parse_cases(json.dumps({"schema": 1, "cases": [told()]}).encode(), turned)
    assert found.function is DOT
