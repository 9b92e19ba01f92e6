"""A case of an exercise, and the file that holds cases: strict, because the task's own code wrote what is in it.

    {"schema": 1, "cases": [{function, name: {en, bn}, args, kwargs, expect | between | raises, …}, …]}

Values stand as ``arena.sandbox.guest.values`` writes them.
"""

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal, TypeVar

from pydantic import Field, StringConstraints, ValidationError

from arena.catalog.edge import Edge
from arena.catalog.schema import Name, Tolerance
from arena.errors import TaskError
from arena.model.task import Function, Task
from arena.sandbox.exercise import Call
from arena.sandbox.guest import values


@dataclass(frozen=True, slots=True, eq=False)
class Value:
    """The result is this."""

    value: Any


@dataclass(frozen=True, slots=True, eq=False)
class Between:
    """Each number of the result is at least ``low`` and at most ``high``."""

    low: Any
    high: Any


@dataclass(frozen=True, slots=True)
class Raises:
    """An exception of this class, or of one that derives from it."""

    name: str


Expected = Value | Between | Raises


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Case:
    """One call. ``expected`` is missing until the reference has been asked; ``seconds`` is the task's where it is."""

    function: Function
    name: Mapping[str, str]
    args: Sequence[Any]
    kwargs: Mapping[str, Any] = field(default_factory=dict)
    expected: Expected | None
    rtol: float
    atol: float
    seconds: float
    mutates: bool = False

    @property
    def label(self) -> str:
        """How messages for instructors call it."""
        return f"{self.function.name}, {self.name['en']!r}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """What ``cases.py`` made: ``hidden`` is a list for each seed."""

    public: tuple[Case, ...]
    hidden: tuple[tuple[Case, ...], ...]


_Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]


class _Title(Edge):
    en: _Text
    bn: _Text


class _Case(Edge):
    function: str
    name: _Title
    args: list[Any]
    kwargs: Any = None
    expect: Any = None
    between: list[Any] | None = None
    raises: Name | None = None
    rtol: Tolerance | None = None
    atol: Tolerance | None = None
    seconds: Annotated[float, Field(gt=0, le=600)] | None = None
    mutates: bool = False


class _File(Edge):
    schema_: Annotated[Literal[1], Field(alias="schema")]
    cases: list[_Case]


class _DrawnFile(Edge):
    public: list[_Case]
    hidden: list[list[_Case]]


def parse_cases(data: bytes, task: Task) -> tuple[Case, ...]:
    """The cases of a file, each with what is expected.

    Raises:
        TaskError: they cannot be used; the message says why.
    """
    cases = _cases(_validated(_File, data, task).cases, task)
    if any(case.expected is None for case in cases):
        raise _unusable(task, "what is expected is missing")
    return cases


def parse_drawn(data: bytes, task: Task) -> Drawn:
    """What ``cases.py`` made.

    Raises:
        TaskError: it cannot be used; the message says why.
    """
    file = _validated(_DrawnFile, data, task)
    drawn = Drawn(public=_cases(file.public, task), hidden=tuple(_cases(cases, task) for cases in file.hidden))
    names = [[case.label for case in cases] for cases in drawn.hidden]
    if any(other != names[0] for other in names[1:]):
        raise _unusable(task, "hidden() gives other names, or another order, for another seed")
    for function in task.exercise.functions:
        for part, cases in (("PUBLIC", drawn.public), ("hidden()", drawn.hidden[0])):
            if all(case.function is not function for case in cases):
                raise _unusable(task, f"{part} has no case of {function.name}")
    return drawn


def dump_cases(cases: Iterable[Case]) -> bytes:
    """The bytes of a file."""
    document = {"schema": 1, "cases": [_told(case) for case in cases]}
    return json.dumps(document, ensure_ascii=False, indent=1, allow_nan=False).encode() + b"\n"


def call_of(case: Case) -> Call:
    """What a guest is given of a case."""
    return Call(
        function=case.function.name,
        arguments=values.dumps([list(case.args), dict(case.kwargs)]),
        seconds=case.seconds,
        mutates=case.mutates,
    )


_Schema = TypeVar("_Schema", bound=Edge)


def _validated(schema: type[_Schema], data: bytes, task: Task) -> _Schema:
    try:
        return schema.model_validate(values.parse(data, max_bytes=len(data)))
    except ValidationError as error:
        first = error.errors()[0]
        raise _unusable(task, f"{'.'.join(str(part) for part in first['loc'])}: {first['msg']}") from error
    except values.NotPlainError as error:
        raise _unusable(task, str(error)) from error


def _unusable(task: Task, reason: str) -> TaskError:
    return TaskError("cases.unusable", task=task.id, reason=reason)


def _cases(found: list[_Case], task: Task) -> tuple[Case, ...]:
    cases = tuple(_case(each, task) for each in found)
    for language in ("en", "bn"):
        counted = Counter((case.function.name, case.name[language]) for case in cases)
        if twice := [f"{function}: {name}" for (function, name), count in counted.items() if count > 1]:
            raise _unusable(task, f"a name stands twice: {twice[0]}")
    return cases


def _case(found: _Case, task: Task) -> Case:
    function = next((each for each in task.exercise.functions if each.name == found.function), None)
    if function is None:
        raise _unusable(task, f"{found.function} is none of the task's [[functions]]")
    try:
        case = Case(
            function=function,
            name=found.name.model_dump(),
            args=values.decode(found.args),
            kwargs=_kwargs(found),
            expected=_expected(found),
            rtol=function.rtol if found.rtol is None else found.rtol,
            atol=function.atol if found.atol is None else found.atol,
            seconds=found.seconds or task.exercise.case_seconds,
            mutates=found.mutates,
        )
        # All arguments together may be more than crosses.
        call_of(case)
    except ValueError as error:
        raise _unusable(task, f"{found.function}, {found.name.en!r}: {error}") from error
    return case


def _kwargs(found: _Case) -> dict[str, Any]:
    kwargs = {} if found.kwargs is None else values.decode(found.kwargs)
    if not isinstance(kwargs, dict):
        raise values.NotPlainError("`kwargs` is no dict")
    return kwargs


def _expected(found: _Case) -> Expected | None:
    given = found.model_fields_set & {"expect", "between", "raises"}
    if len(given) > 1:
        raise ValueError(f"only one of {', '.join(sorted(given))} can be expected")
    if "expect" in given:
        return Value(values.decode(found.expect))
    if found.between is not None:
        if len(found.between) != 2:  # noqa: PLR2004 - low and high
            raise ValueError("`between` takes two values")
        return Between(*values.decode(found.between))
    return Raises(found.raises) if found.raises is not None else None


def _told(case: Case) -> dict[str, Any]:
    told: dict[str, Any] = {
        "function": case.function.name,
        "name": dict(case.name),
        "args": values.encode(list(case.args)),
    }
    if case.kwargs:
        told["kwargs"] = values.encode(case.kwargs)
    match case.expected:
        case Value(value):
            told["expect"] = values.encode(value)
        case Between(low, high):
            told["between"] = values.encode([low, high])
        case Raises(name):
            told["raises"] = name
    return {**told, "rtol": case.rtol, "atol": case.atol, "seconds": case.seconds, "mutates": case.mutates}
