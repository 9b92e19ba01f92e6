"""What became of a case, what learners are told of it, and the score."""

import json
from dataclasses import replace
from typing import Any

import pytest

from arena.exercises.case import Between, Expected, Raises, Value
from arena.exercises.mismatch import Mismatch
from arena.exercises.result import Result, dump_results, judge, judged, load_results, shares, to_json
from arena.sandbox.exercise import CaseRun, Died, Ending, Missing, NotPlain, Raised, Returned, TooSlow
from tests.numbers import NUMBERS
from tests.unit.exercises.conftest import MakeCase

SECRET = "4817-secret"  # noqa: S105 - a text to look for
TRACE = f'Traceback (most recent call last):\n  File "solution.py", line 1, in dot\nValueError: {SECRET}\n'
RAISED = Raised(("ValueError", "Exception", "BaseException", "object"), TRACE, at_import=False, changed=False)

ENDINGS: list[tuple[Ending, Expected, Mismatch | None, str]] = [
    (Returned(11, changed=False), Value(11), None, ""),
    (Returned(12, changed=False), Value(11), Mismatch.WRONG_VALUE, "case.wrong_value"),
    (Returned([11], changed=False), Value(11), Mismatch.WRONG_SHAPE, "case.wrong_shape"),
    (Returned(None, changed=False), Value(11), Mismatch.WRONG_TYPE, "case.nothing"),
    (Returned(0.5, changed=False), Between(0, 1), None, ""),
    (Returned(1.5, changed=False), Between(0, 1), Mismatch.WRONG_VALUE, "case.not_between"),
    (Returned(11, changed=True), Value(11), Mismatch.CHANGED_ARGUMENTS, "case.changed_arguments"),
    # What is wrong with the result comes first.
    (Returned(12, changed=True), Value(11), Mismatch.WRONG_VALUE, "case.wrong_value"),
    (Returned(11, changed=False), Raises("ValueError"), Mismatch.DID_NOT_RAISE, "case.did_not_raise"),
    (RAISED, Raises("ValueError"), None, ""),
    (RAISED, Raises("Exception"), None, ""),
    (RAISED, Raises("KeyError"), Mismatch.RAISED, "case.raised"),
    (RAISED, Value(11), Mismatch.RAISED, "case.raised"),
    (replace(RAISED, changed=True), Raises("ValueError"), Mismatch.CHANGED_ARGUMENTS, "case.changed_arguments"),
    (Missing("dot"), Value(11), Mismatch.NOT_THERE, "case.not_there"),
    (NotPlain("a value of type set"), Value(11), Mismatch.NOT_PLAIN, "case.not_plain"),
    (Died("SIGSEGV"), Value(11), Mismatch.DIED, "case.died"),
    (TooSlow(together=False), Value(11), Mismatch.TOO_SLOW, "case.too_slow"),
    (TooSlow(together=True), Value(11), Mismatch.TOO_SLOW, "case.no_time"),
]


@pytest.mark.parametrize(("ending", "expected", "mismatch", "message"), ENDINGS)
def test_judge(case: MakeCase, ending: Ending, expected: Expected, mismatch: Mismatch | None, message: str) -> None:
    """Every way in which a case can end has its kind and its words."""
    wrong = judge(case(expected=expected), CaseRun(ending=ending, printed=""))
    assert (wrong.kind if wrong else None) is mismatch
    assert (wrong.message.id if wrong else "") == message


def test_every_kind_is_judged() -> None:
    """The table above knows every kind of mismatch."""
    assert {mismatch for _, _, mismatch, _ in ENDINGS if mismatch} == set(Mismatch)


def test_public(case: MakeCase) -> None:
    """Of a public case everything is told, safe to print."""
    run = CaseRun(ending=Returned("\x1b[2J", changed=False), printed="seen\x1b[2J\n")
    result = judged(case(), run, is_public=True)
    assert (result.passed, result.is_public, result.mismatch) == (False, True, Mismatch.WRONG_TYPE)
    details = result.details
    assert details is not None
    assert (details.call, details.expected, details.returned) == ("dot([1, 2], [3, 4])", "11", "'\\x1b[2J'")
    assert details.printed == "seen\\x1b[2J\n"
    assert details.message is not None


def test_public_exception(case: MakeCase) -> None:
    """The traceback stands below what was printed, its last line where the result would be."""
    details = judged(case(), CaseRun(ending=RAISED, printed="before\n"), is_public=True).details
    assert details is not None
    assert details.returned == f"ValueError: {SECRET}"
    assert details.printed == f"before\n{TRACE}"


@pytest.mark.parametrize(
    "ending",
    [
        Returned(SECRET, changed=False),
        RAISED,
        NotPlain(SECRET),
        Missing(SECRET),
        Died(SECRET),
        replace(RAISED, classes=(SECRET,), at_import=True),
    ],
)
def test_hidden(case: MakeCase, ending: Ending) -> None:
    """Of a hidden case, its name and the kind of mismatch are all there is."""
    run = CaseRun(ending=ending, printed=SECRET)
    result = judged(case(SECRET, expected=Value(SECRET * 2)), run, is_public=False)
    assert SECRET not in repr(result)
    assert set(to_json(result)) == {"function", "name", "public", "result"}
    assert SECRET.encode() not in dump_results([result])


def _results(*passed: tuple[str, bool]) -> list[Result]:
    return [
        Result(
            function=function,
            name={"en": str(n), "bn": str(n)},
            mismatch=None if good else Mismatch.DIED,
            details=None,
        )
        for n, (function, good) in enumerate(passed)
    ]


@pytest.mark.parametrize(
    ("passed", "score"),
    [
        ([("dot", True), ("mean", True)], 1.0),
        ([("dot", False), ("mean", False)], 0.0),
        # `dot` weighs 2, `mean` 1.
        ([("dot", True), ("mean", False)], 2 / 3),
        ([("dot", True), ("dot", False), ("mean", True)], 2 / 3),
        # A function's weight is spread over its cases, however many it has.
        ([("dot", True), ("mean", True), ("mean", True), ("mean", False)], (2 + 2 / 3) / 3),
        ([("dot", True)] * 7 + [("mean", True)] * 3, 1.0),
    ],
)
def test_score(passed: list[tuple[str, bool]], score: float) -> None:
    """The score is the weighted share of cases that passed."""
    assert shares(_results(*passed), NUMBERS.exercise)["cases_passed"] == pytest.approx(score)


def test_all_is_exactly_one() -> None:
    """Whoever passes every case has 1, not nearly 1."""
    functions = tuple(replace(NUMBERS.exercise.functions[0], name=f"f{n}", weight=0.1 * (n + 1)) for n in range(7))
    results = _results(*((function.name, True) for function in functions for _ in range(3)))
    assert shares(results, replace(NUMBERS.exercise, functions=functions))["cases_passed"] == 1.0


def test_shares_of_functions() -> None:
    """Beside the score stands each function's share, under a name that no metric has."""
    found = shares(_results(("dot", True), ("dot", False), ("mean", True)), NUMBERS.exercise)
    assert {name: found[name] for name in found if name != "cases_passed"} == {
        "cases_passed.dot": 0.5,
        "cases_passed.mean": 1.0,
    }


def test_kept(case: MakeCase) -> None:
    """What is kept for `arena log` comes back as it was."""
    runs: list[tuple[Any, bool]] = [(ending, public) for ending, _, _, _ in ENDINGS for public in (True, False)]
    results = tuple(judged(case(), CaseRun(ending=e, printed="কথা\n"), is_public=public) for e, public in runs)
    assert load_results(dump_results(results)) == results
    json.loads(dump_results(results))
