"""Truths and predictions of every kind for Hypothesis to draw."""

from typing import Any

import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray

from arena.model.metric import Metric, Needs, Sign
from tests.unit.metrics.references import CLASSES

Pair = tuple[NDArray[Any], NDArray[Any]]

# Eighths: differences are exact, and none is so small that it is only rounding.
_numbers = st.integers(-8000, 8000).map(lambda eighths: eighths / 8)
_chances = st.one_of(st.sampled_from([0.0, 0.5, 1.0]), st.floats(0, 1))


def _rows(of: Any) -> Any:
    return st.integers(1, 12).flatmap(lambda rows: st.lists(of, min_size=rows, max_size=rows))


def _shares(columns: int, *, least: int = 0) -> Any:
    parts = st.lists(st.integers(least, 20), min_size=columns, max_size=columns)
    return parts.filter(any).map(lambda weights: tuple(np.array(weights) / sum(weights)))


def _signed(sign: Sign, *, truth: bool) -> Any:
    if sign is Sign.ANY:
        return _numbers
    return _numbers.map(lambda number: abs(number) + (0.125 if sign is Sign.POSITIVE and not truth else 0))


def _row(metric: Metric, needs: Needs) -> tuple[Any, Any]:
    """What a row's truth and its prediction may be."""
    label = st.integers(0, (2 if metric.two_labels or needs.of_two_labels else CLASSES) - 1)
    names = st.lists(st.sampled_from("abcdefgh"), min_size=1, max_size=8).map(tuple)
    rows = {
        Needs.LABEL: (label, label),
        Needs.PROBABILITY: (label, _chances),
        Needs.PROBABILITIES: (label, _shares(CLASSES)),
        Needs.SCORE: (label, _numbers),
        Needs.DISTRIBUTION: (_shares(4), _shares(4, least=1)),
        Needs.NUMBER: (_signed(metric.sign, truth=True), _signed(metric.sign, truth=False)),
        Needs.NUMBERS: (st.tuples(*[st.integers(0, 4).map(float)] * 4), st.tuples(*[_numbers] * 4)),
        Needs.RANKING: (names, names),
        Needs.CASES: (_numbers.map(lambda number: abs(number) + 1), st.booleans()),
    }
    return rows[needs]


def pairs(metric: Metric, needs: Needs) -> Any:
    """Truth and predictions of up to a dozen rows, as the metric is given them."""
    return _rows(st.tuples(*_row(metric, needs))).map(
        lambda rows: (_array([t for t, _ in rows]), _array([p for _, p in rows]))
    )


def _array(values: list[Any]) -> NDArray[Any]:
    if isinstance(values[0], tuple) and isinstance(values[0][0], str):
        named: NDArray[Any] = np.empty(len(values), dtype=object)
        named[:] = values
        return named
    return np.array(values)


def parameters(metric: Metric) -> Any:
    """Values that a task may set, or none of them."""
    drawn: dict[str, Any] = {}
    for parameter in metric.parameters:
        if parameter.whole:
            drawn[parameter.name] = st.integers(1, CLASSES - 1 if parameter.below_labels else 10)
        else:
            drawn[parameter.name] = st.floats(parameter.low + 0.001, min(parameter.high, 1000) - 0.001)
    return st.fixed_dictionaries(drawn)
