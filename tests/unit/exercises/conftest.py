"""An exercise with two functions, as values alone."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from arena.exercises.case import Case, Expected, Value
from arena.model.submission import Kind
from arena.model.task import Exercise, Function, SubmissionRules, Task
from tests.conftest import FRUIT

DOT, MEAN = Function(name="dot", weight=2.0), Function(name="mean", rtol=1e-3, atol=0.5)
EXERCISE = Exercise(functions=(DOT, MEAN), preload=("numpy",), case_seconds=2.0, following=None)
NUMBERS = replace(
    FRUIT,
    id="numbers",
    work=EXERCISE,
    submissions=SubmissionRules(accepts=(Kind.EXERCISE,), max_bytes=2**20, per_day=3, failed_per_day=2),
    metric="cases_passed",
    also=(),
)

MakeCase = Callable[..., Case]


@pytest.fixture
def exercise_task() -> Task:
    """The task ``numbers``."""
    return NUMBERS


@pytest.fixture
def case() -> MakeCase:
    """Make a case of ``dot``, or of another function."""

    def make(
        *args: Any, expected: Expected | None = None, function: Function = DOT, name: str = "two vectors", **terms: Any
    ) -> Case:
        defaults: dict[str, Any] = {"rtol": function.rtol, "atol": function.atol, "seconds": 2.0}
        return Case(
            function=function,
            name={"en": name, "bn": f"{name} বাংলায়"},
            args=args or ([1, 2], [3, 4]),
            expected=expected or Value(11),
            **{**defaults, **terms},
        )

    return make
