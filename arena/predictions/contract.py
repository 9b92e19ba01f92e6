"""What a task expects of a table of predictions, and every way in which one can miss it.

Pure: text columns in, an aligned array or messages out. It needs no answers, so learners run exactly this before they
submit.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from arena.model.message import Message
from arena.model.metric import Needs
from arena.model.safe_text import safe_line
from arena.model.task import Label

# How many offending rows a message names.
SHOWN = 3
# The square of a larger number is infinite: a metric would fail, and that would pass for the task's fault.
MAX_NUMBER = 1e150


@dataclass(frozen=True, slots=True, kw_only=True)
class Contract:
    """``ids`` are the ids that must be there, as text, in the order in which predictions are returned."""

    id_column: str
    target: str
    ids: tuple[str, ...]
    needs: Needs
    labels: tuple[Label, ...]

    @property
    def max_rows(self) -> int:
        """The most rows that are read: enough to name what is superfluous, few enough to stay cheap."""
        return 2 * len(self.ids) + 1000


@dataclass(frozen=True, slots=True)
class Predictions:
    """``values`` has shape (rows,) in the order of the contract's ids: codes (int64) for labels, else float64."""

    values: NDArray[Any]


@dataclass(frozen=True, slots=True)
class Invalid:
    """Every reason found; the first is the one to mend first."""

    messages: tuple[Message, ...]


def check(table: pa.Table, contract: Contract) -> Predictions | Invalid:
    """Hold a table of text columns against the contract."""
    if problems := _columns(table.column_names, contract):
        return Invalid(tuple(problems))
    ids = _canonical_ids(table.column(contract.id_column))
    raw = [text.strip() for text in table.column(contract.target).to_pylist()]
    position = {name: row for row, name in enumerate(contract.ids)}
    rows = np.fromiter((position.get(name, -1) for name in ids), dtype=np.int64, count=len(ids))
    problems = _id_problems(ids, rows, contract)
    values, bad = _values(raw, contract)
    problems += _value_problems(bad, ids, raw, contract)
    if problems:
        return Invalid(tuple(problems))
    aligned = np.empty(len(contract.ids), dtype=values.dtype)
    aligned[rows] = values
    return Predictions(aligned)


def encode(texts: Sequence[str], contract: Contract) -> NDArray[Any] | None:
    """Turn true values into the same codes or numbers as predictions; ``None`` where one of them cannot be."""
    # The truth of a probability is a label, not a probability.
    as_labels = replace(contract, needs=Needs.LABEL) if contract.needs is Needs.PROBABILITY else contract
    values, bad = _values([text.strip() for text in texts], as_labels)
    return None if bad else values


def canonical_id(text: str) -> str:
    """One spelling per id: spreadsheets write 892 as ``892.0`` and pad with spaces."""
    stripped = text.strip()
    return stripped[:-2] if stripped.endswith(".0") and stripped[:-2].lstrip("-").isdigit() else stripped


def _canonical_ids(column: pa.ChunkedArray) -> list[str]:
    return [canonical_id(text) for text in pc.cast(column, pa.string()).to_pylist()]


def _columns(found: Sequence[str], contract: Contract) -> list[Message]:
    wanted = (contract.id_column, contract.target)
    expected = ",".join(wanted)
    missing = [name for name in wanted if name not in found]
    extra = [name for name in found if name not in wanted]
    shown = ", ".join(safe_line(name, 40) or "∅" for name in extra[:SHOWN])
    if missing:
        names = ", ".join(missing)
        header = safe_line(",".join(found), 120)
        return [Message.of("predictions.columns_missing", missing=names, found=header, expected=expected)]
    if extra:
        return [Message.of("predictions.columns_extra", extra=shown, expected=expected)]
    return []


def _first(names: Sequence[str]) -> str:
    shown = ", ".join(safe_line(name, 40) for name in names[:SHOWN])
    return f"{shown}, …" if len(names) > SHOWN else shown


def _id_problems(ids: list[str], rows: NDArray[np.int64], contract: Contract) -> list[Message]:
    problems = []
    known = rows[rows >= 0]
    counts = np.bincount(known, minlength=len(contract.ids))
    expected = len(contract.ids)
    if missing := [contract.ids[row] for row in np.flatnonzero(counts == 0)]:
        problems.append(
            Message.of("predictions.ids_missing", count=len(missing), first=_first(missing), expected=expected)
        )
    if duplicate := [contract.ids[row] for row in np.flatnonzero(counts > 1)]:
        problems.append(
            Message.of("predictions.ids_duplicate", count=len(duplicate), first=_first(duplicate), expected=expected)
        )
    if extra := [ids[row] for row in np.flatnonzero(rows < 0)]:
        problems.append(Message.of("predictions.ids_extra", count=len(extra), first=_first(extra), expected=expected))
    return problems


_MISSING = frozenset({"", "nan", "na", "n/a", "null", "none", "<na>"})


def _values(raw: list[str], contract: Contract) -> tuple[NDArray[Any], dict[str, list[int]]]:
    """Parse every value; the second part maps a message id to the rows that it is about."""
    bad: dict[str, list[int]] = {}
    parse: Callable[[str], float | int | str]
    match contract.needs:
        case Needs.LABEL:
            parse = _label_parser(contract.labels)
        case Needs.PROBABILITY:
            parse = _probability
        case Needs.NUMBER:
            parse = _number
    values = np.zeros(len(raw), dtype=np.int64 if contract.needs is Needs.LABEL else np.float64)
    # A task may have a label that is called "None".
    missing = _MISSING - {str(label).casefold() for label in contract.labels}
    known: dict[str, float | int | str] = {}
    for row, text in enumerate(raw):
        if text not in known:
            known[text] = "predictions.value_missing" if text.casefold() in missing else parse(text)
        value = known[text]
        if isinstance(value, str):
            bad.setdefault(value, []).append(row)
        else:
            values[row] = value
    return values, bad


def _label_parser(labels: tuple[Label, ...]) -> Callable[[str], int | str]:
    codes = {str(label): code for code, label in enumerate(labels)}
    numbers = {float(label): code for code, label in enumerate(labels) if isinstance(label, int | float)}

    def parse(text: str) -> int | str:
        if text in codes:
            return codes[text]
        number = _number(text)
        if isinstance(number, str):
            return "predictions.value_not_a_label"
        return numbers.get(number, "predictions.value_not_a_label")

    return parse


def _number(text: str) -> float | str:
    # float() also takes "1_000" and digits of other scripts, which no other reader of the file would.
    if "_" in text or not text.isascii():
        return "predictions.value_not_a_number"
    try:
        number = float(text)
    except ValueError:
        return "predictions.value_not_a_number"
    return number if abs(number) <= MAX_NUMBER else "predictions.value_not_finite"


def _probability(text: str) -> float | str:
    number = _number(text)
    if isinstance(number, str):
        return number
    return number if 0 <= number <= 1 else "predictions.value_not_a_probability"


def _value_problems(bad: dict[str, list[int]], ids: list[str], raw: list[str], contract: Contract) -> list[Message]:
    problems = []
    for message_id, rows in bad.items():
        first = _first([f"{ids[row]} → {raw[row] or '∅'}" for row in rows[: SHOWN + 1]])
        params: dict[str, str | int] = {"count": len(rows), "first": first, "target": contract.target}
        if message_id == "predictions.value_not_a_label":
            params["labels"] = ", ".join(str(label) for label in contract.labels)
        problems.append(Message.of(message_id, **params))
    return problems
