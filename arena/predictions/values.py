"""The values of a table of predictions: from stripped text to arrays, and what is wrong with those that cannot be.

Each kind of ``Needs`` has its parser. Two texts that mean one value give one value, and what no other reader of the
file would understand gives none.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, assert_never

import numpy as np
from numpy.typing import NDArray

from arena.model.metric import Needs, Sign
from arena.model.task import Label

# The square of a larger number is infinite: a metric would fail, and that would pass for the task's fault.
MAX_NUMBER = 1e150
# How far a row of probabilities may be from summing to 1, as after rounding; it is then divided by its sum.
SUM_TOLERANCE = 1e-3

_MISSING = frozenset({"", "nan", "na", "n/a", "null", "none", "<na>"})

# A message's id, to the rows and columns that it is about; the column -1 is the whole row.
Bad = dict[str, list[tuple[int, int]]]
_Parse = Callable[[str], "float | int | tuple[Any, ...] | Fault"]


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a text is no value: the id of the message that says so."""

    message_id: str


def parse(
    columns: Sequence[Sequence[str]], needs: Needs, labels: tuple[Label, ...], sign: Sign = Sign.ANY
) -> tuple[NDArray[Any], Bad]:
    """Parse stripped texts, column by column.

    Of shape (rows,), or (rows, columns) where ``needs`` has several: codes for labels, tuples (object) for
    rankings, else float64. The second part is empty where every value is one.
    """
    bad: Bad = {}
    several = needs is Needs.PROBABILITIES or needs.takes_targets
    parser = text_parser(needs, labels, sign)
    parsed = []
    for at, texts in enumerate(columns):
        values, faults = _column(texts, parser, dtype_of(needs, labels))
        parsed.append(values)
        for row, message_id in faults:
            bad.setdefault(message_id, []).append((row, at))
    if not several:
        return parsed[0], bad
    values = np.stack(parsed, axis=1)
    if needs in {Needs.PROBABILITIES, Needs.DISTRIBUTION} and not bad:
        values = _shares(values, bad)
    return values, bad


def _column(texts: Sequence[str], parser: _Parse, dtype: type[Any]) -> tuple[NDArray[Any], list[tuple[int, str]]]:
    """The values, and the rows that have none, each with the id of its message."""
    values: NDArray[Any] = np.zeros(len(texts), dtype=dtype)
    faults = []
    known: dict[str, Any] = {}
    for row, text in enumerate(texts):
        if text not in known:
            known[text] = parser(text)
        value = known[text]
        if isinstance(value, Fault):
            faults.append((row, value.message_id))
        else:
            values[row] = value
    return values, faults


def _shares(values: NDArray[Any], bad: Bad) -> NDArray[Any]:
    """Rows divided by their sums, which rounding may have moved a little from 1."""
    sums = values.sum(axis=1)
    if off := np.flatnonzero(np.abs(sums - 1) > SUM_TOLERANCE).tolist():
        bad["predictions.row_not_a_distribution"] = [(row, -1) for row in off]
        return values
    shares: NDArray[Any] = values / sums[:, None]
    return shares


def dtype_of(needs: Needs, labels: tuple[Label, ...]) -> type[Any]:
    """The type of one value: for codes the smallest that holds them."""
    match needs:
        case Needs.LABEL:
            return next(each for each in (np.int8, np.int16, np.int64) if len(labels) <= np.iinfo(each).max)
        case Needs.RANKING:
            return object
        case _:
            return np.float64


def text_parser(needs: Needs, labels: tuple[Label, ...], sign: Sign) -> _Parse:
    """From a stripped text to its value, or to why it has none."""
    parser = _parser(needs, labels, sign)
    # A task may have a label that is called "None".
    missing = _MISSING - {str(label).casefold() for label in labels}
    fault = Fault("predictions.value_missing")
    return lambda text: fault if text.casefold() in missing else parser(text)


def _parser(needs: Needs, labels: tuple[Label, ...], sign: Sign) -> _Parse:
    match needs:
        case Needs.LABEL:
            return label_parser(labels)
        case Needs.PROBABILITY | Needs.PROBABILITIES | Needs.DISTRIBUTION:
            return _probability
        case Needs.SCORE:
            return number
        case Needs.NUMBER | Needs.NUMBERS:
            return _number_parser(sign)
        case Needs.RANKING:
            return _ranking_parser(labels)
        case Needs.CASES:
            raise ValueError("cases are no column")
    assert_never(needs)


def label_parser(labels: tuple[Label, ...]) -> Callable[[str], int | Fault]:
    """From a text to the label's place in ``labels``; a label that is a number may be spelt as any program does."""
    codes = {str(label): code for code, label in enumerate(labels)}
    numbers = {float(label): code for code, label in enumerate(labels) if isinstance(label, int | float)}
    fault = Fault("predictions.value_not_a_label")

    def parse(text: str) -> int | Fault:
        if text in codes:
            return codes[text]
        value = number(text)
        return fault if isinstance(value, Fault) else numbers.get(value, fault)

    return parse


def number(text: str) -> float | Fault:
    """A finite number whose square is finite too."""
    # float() also takes "1_000" and digits of other scripts, which no other reader of the file would.
    if "_" in text or not text.isascii():
        return Fault("predictions.value_not_a_number")
    try:
        value = float(text)
    except ValueError:
        return Fault("predictions.value_not_a_number")
    return value if abs(value) <= MAX_NUMBER else Fault("predictions.value_not_finite")


def _number_parser(sign: Sign) -> Callable[[str], float | Fault]:
    def parse(text: str) -> float | Fault:
        value = number(text)
        if isinstance(value, Fault):
            return value
        if sign is Sign.NON_NEGATIVE and value < 0:
            return Fault("predictions.value_negative")
        if sign is Sign.POSITIVE and value <= 0:
            return Fault("predictions.value_not_positive")
        return value

    return parse


def _probability(text: str) -> float | Fault:
    value = number(text)
    if isinstance(value, Fault):
        return value
    return value if 0 <= value <= 1 else Fault("predictions.value_not_a_probability")


def _ranking_parser(labels: tuple[Label, ...]) -> Callable[[str], tuple[Any, ...] | Fault]:
    name = label_parser(labels) if labels else str

    def parse(text: str) -> tuple[Any, ...] | Fault:
        names = tuple(name(word) for word in text.split())
        return next((each for each in names if isinstance(each, Fault)), names)

    return parse
