"""What became of the cases: judged from what came out of the sandbox, shared out as a score, kept for the learner."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, assert_never

import numpy as np

from arena.exercises.case import Between, Case, Raises, Value
from arena.exercises.compare import Difference, difference
from arena.exercises.mismatch import Mismatch
from arena.exercises.show import shown, shown_call
from arena.metrics.table import METRICS
from arena.model.message import Message
from arena.model.safe_text import safe_block, safe_line
from arena.model.task import Exercise
from arena.sandbox.exercise import CaseRun, Died, Missing, NotPlain, Raised, Returned, TooSlow

CASES_PASSED = "cases_passed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Details:
    """What a learner sees of a public case: call, what is expected and what came, in Python's words."""

    call: str
    expected: str
    returned: str
    message: Message | None
    printed: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """One case. ``mismatch`` is missing where it passed, ``details`` where it is hidden."""

    function: str
    name: Mapping[str, str]
    mismatch: Mismatch | None
    details: Details | None

    @property
    def passed(self) -> bool:
        """Whether it is right."""
        return self.mismatch is None

    @property
    def is_public(self) -> bool:
        """Whether learners know its arguments."""
        return self.details is not None


def judged(case: Case, run: CaseRun, *, is_public: bool) -> Result:
    """Hold how a case ended against what is expected."""
    wrong = judge(case, run)
    details = None
    if is_public:
        details = Details(
            call=shown_call(case.function.name, case.args, case.kwargs),
            expected=expected_text(case),
            returned=_returned(run),
            message=wrong.message if wrong else None,
            printed=_printed(run),
        )
    return Result(
        function=case.function.name,
        name=dict(case.name),
        mismatch=wrong.kind if wrong else None,
        details=details,
    )


def judge(case: Case, run: CaseRun) -> Difference | None:  # noqa: PLR0911 - one way out for each ending
    """What is wrong, or ``None``."""
    ending, expected = run.ending, case.expected
    match ending:
        case Returned(value, changed):
            if isinstance(expected, Raises):
                text = Message.of("case.did_not_raise", got=shown(value), want=expected.name)
                return Difference(Mismatch.DID_NOT_RAISE, text)
            if expected is not None and (wrong := difference(value, expected, rtol=case.rtol, atol=case.atol)):
                return wrong
            return _changed() if changed else None
        case Raised(classes, _, _, changed):
            if isinstance(expected, Raises) and expected.name in classes:
                return _changed() if changed else None
            return Difference(Mismatch.RAISED, Message.of("case.raised", error=safe_line(ending.last_line, 200)))
        case Missing(name):
            return Difference(Mismatch.NOT_THERE, Message.of("case.not_there", name=safe_line(name, 80)))
        case NotPlain(reason):
            return Difference(Mismatch.NOT_PLAIN, Message.of("case.not_plain", reason=safe_line(reason, 120)))
        case Died(how):
            return Difference(Mismatch.DIED, Message.of("case.died", how=safe_line(how, 40)))
        case TooSlow(together):
            name = "case.no_time" if together else "case.too_slow"
            return Difference(Mismatch.TOO_SLOW, Message.of(name, limit=f"{case.seconds:g}"))
    assert_never(ending)


def _changed() -> Difference:
    return Difference(Mismatch.CHANGED_ARGUMENTS, Message.of("case.changed_arguments"))


def expected_text(case: Case) -> str:
    """What is expected, in Python's words."""
    match case.expected:
        case Value(value):
            return shown(value)
        case Between(low, high):
            return f"{shown(low)} … {shown(high)}"
        case Raises(name):
            return name
        case None:
            return "?"


def _returned(run: CaseRun) -> str:
    match run.ending:
        case Returned(value):
            return shown(value)
        case Raised():
            return safe_line(run.ending.last_line, 200)
        case _:
            return ""


def _printed(run: CaseRun) -> str:
    trace = run.ending.text if isinstance(run.ending, Raised) else ""
    return safe_block(run.printed + trace)


def shares(results: Sequence[Result], exercise: Exercise) -> dict[str, float]:
    """The score, and of each function the share of its cases that passed, as ``cases_passed.<function>``."""
    counted = {
        function.name: [r.passed for r in results if r.function == function.name] for function in exercise.functions
    }
    weights = [each.weight / len(counted[each.name]) for each in exercise.functions for _ in counted[each.name]]
    passed = [one for each in exercise.functions for one in counted[each.name]]
    score = METRICS[CASES_PASSED].score(np.array(weights), np.array(passed, dtype=np.bool_))
    parts = {f"{CASES_PASSED}.{name}": sum(each) / len(each) for name, each in counted.items() if each}
    return {CASES_PASSED: score, **parts}


def dump_results(results: Iterable[Result]) -> bytes:
    """The bytes of the file that the grader keeps for ``arena log``."""
    return json.dumps([to_json(result) for result in results], ensure_ascii=True, indent=1).encode() + b"\n"


def to_json(result: Result) -> dict[str, Any]:
    """A result as plain data."""
    base = {
        "function": result.function,
        "name": dict(result.name),
        "public": result.is_public,
        "result": result.mismatch.value if result.mismatch else "passed",
    }
    if result.details is None:
        return base
    details = result.details
    message = {"id": details.message.id, "params": dict(details.message.params)} if details.message else None
    return {
        **base,
        "call": details.call,
        "expected": details.expected,
        "returned": details.returned,
        "message": message,
        "printed": details.printed,
    }


def load_results(data: bytes) -> tuple[Result, ...]:
    """What ``dump_results`` wrote."""
    return tuple(_from_json(each) for each in json.loads(data))


def _from_json(told: dict[str, Any]) -> Result:
    details = None
    if told["public"]:
        said = told["message"]
        details = Details(
            call=told["call"],
            expected=told["expected"],
            returned=told["returned"],
            message=Message(said["id"], said["params"]) if said else None,
            printed=told["printed"],
        )
    mismatch = None if told["result"] == "passed" else Mismatch(told["result"])
    return Result(function=told["function"], name=told["name"], mismatch=mismatch, details=details)
