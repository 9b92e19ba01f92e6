"""Cases of the exercise ``numbers``, as values alone."""

from collections.abc import Callable
from typing import Any

import pytest

from arena.exercises.case import Case, Expected, Value
from arena.model.task import Function
from tests.numbers import DOT

MakeCase = Callable[..., Case]


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
