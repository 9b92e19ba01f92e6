"""What a task expects of a table of predictions, and every way in which one can miss it.

Pure: text columns in, an aligned array or messages out. It needs no answers, so learners run exactly this before they
submit.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from arena.model.message import Message
from arena.model.metric import Needs, Sign
from arena.model.safe_text import safe_line
from arena.model.task import Label
from arena.predictions.ids import finder
from arena.predictions.values import parse

# How many offending rows a message names.
SHOWN = 3
# How many labels, and how much of a header, a message lists.
MOST_LABELS = 20
MOST_HEADER = 120
_BLOCK = 1 << 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Contract:
    """``ids`` are the ids that must be there, as text, in the order in which predictions are returned.

    ``columns`` hold the predictions, several of them where ``needs`` is of several; ``sign`` says which numbers the
    task's metrics can take.
    """

    id_column: str
    columns: tuple[str, ...]
    ids: Sequence[str]
    needs: Needs
    labels: tuple[Label, ...]
    sign: Sign = Sign.ANY

    @property
    def max_rows(self) -> int:
        """The most rows that are read: enough to name what is superfluous, few enough to stay cheap."""
        return 2 * len(self.ids) + 1000


@dataclass(frozen=True, slots=True)
class Predictions:
    """``values`` has a row each in the order of the contract's ids.

    Its shape is (rows,), or (rows, columns) where there are several: codes for labels, tuples (object) for
    rankings, else float64.
    """

    values: NDArray[Any]


@dataclass(frozen=True, slots=True)
class Invalid:
    """Every reason found; the first is the one to mend first."""

    messages: tuple[Message, ...]


@dataclass(slots=True)
class _Found:
    """How many there are of something, and the first of them in words."""

    count: int = 0
    first: list[str] = field(default_factory=list)

    def add(self, count: int, first: Iterable[str]) -> None:
        self.count += count
        self.first += islice(first, SHOWN + 1 - len(self.first))


def check(table: pa.Table, contract: Contract) -> Predictions | Invalid:
    """Hold a table of text columns against the contract.

    Block by block: as Python's own texts a table of millions of rows would take many times its size.
    """
    if problems := _columns(table.column_names, contract):
        return Invalid(tuple(problems))
    places, find = np.empty(table.num_rows, dtype=np.int64), finder(contract.ids)
    parsed: list[NDArray[Any]] = []
    extra, bad = _Found(), dict[str, _Found]()
    for start in range(0, table.num_rows, _BLOCK):
        block = table.slice(start, _BLOCK)
        ids = [canonical_id(text) for text in block.column(contract.id_column).to_pylist()]
        rows = find(ids)
        places[start : start + len(rows)] = rows
        unknown = np.flatnonzero(rows < 0)
        extra.add(len(unknown), (ids[row] for row in unknown))
        raw = [[text.strip() for text in block.column(name).to_pylist()] for name in contract.columns]
        values, faults = parse(raw, contract.needs, contract.labels, contract.sign)
        parsed.append(values)
        for message_id, at in faults.items():
            told = (_place(row, column, ids, raw, contract) for row, column in at)
            bad.setdefault(message_id, _Found()).add(len(at), told)
    if problems := [*_id_problems(places, extra, contract), *_value_problems(bad, contract)]:
        return Invalid(tuple(problems))
    aligned = np.empty((len(contract.ids), *parsed[0].shape[1:]), dtype=parsed[0].dtype)
    for start, values in zip(range(0, len(places), _BLOCK), parsed, strict=True):
        aligned[places[start : start + _BLOCK]] = values
    return Predictions(aligned)


def encode(columns: Sequence[Sequence[str]], contract: Contract) -> NDArray[Any] | None:
    """Turn true values, a column for each target, into what predictions become; ``None`` where one of them cannot be.

    The truth of a probability is a label, not a probability.
    """
    stripped = [[text.strip() for text in texts] for texts in columns]
    values, bad = parse(stripped, contract.needs.truth, contract.labels)
    return None if bad else values


def canonical_id(text: str) -> str:
    """One spelling per id: spreadsheets write 892 as ``892.0`` and pad with spaces."""
    stripped = text.strip()
    return stripped[:-2] if stripped.endswith(".0") and stripped[:-2].lstrip("-").isdigit() else stripped


def _columns(found: Sequence[str], contract: Contract) -> list[Message]:
    wanted = (contract.id_column, *contract.columns)
    expected = safe_line(",".join(wanted), MOST_HEADER)
    missing = [name for name in wanted if name not in found]
    extra = [name for name in found if name not in wanted]
    shown = ", ".join(safe_line(name, 40) or "∅" for name in extra[:SHOWN])
    if missing:
        names = _cut(missing, MOST_LABELS)
        header = safe_line(",".join(found), MOST_HEADER)
        return [Message.of("predictions.columns_missing", missing=names, found=header, expected=expected)]
    if extra:
        return [Message.of("predictions.columns_extra", extra=shown, expected=expected)]
    return []


def _first(names: Sequence[str]) -> str:
    shown = ", ".join(safe_line(name, 40) for name in names[:SHOWN])
    return f"{shown}, …" if len(names) > SHOWN else shown


def _cut(names: Sequence[str], most: int) -> str:
    return ", ".join([*names[:most], *(["…"] if len(names) > most else [])])


def _id_problems(places: NDArray[np.int64], extra: _Found, contract: Contract) -> list[Message]:
    counts = np.bincount(places[places >= 0], minlength=len(contract.ids))
    missing, duplicate = _Found(), _Found()
    for found, rows in ((missing, np.flatnonzero(counts == 0)), (duplicate, np.flatnonzero(counts > 1))):
        found.add(len(rows), (contract.ids[row] for row in rows.tolist()))
    named = {
        "predictions.ids_missing": missing,
        "predictions.ids_duplicate": duplicate,
        "predictions.ids_extra": extra,
    }
    return [
        Message.of(message_id, count=found.count, first=_first(found.first), expected=len(contract.ids))
        for message_id, found in named.items()
        if found.count
    ]


def _value_problems(bad: Mapping[str, _Found], contract: Contract) -> list[Message]:
    problems = []
    for message_id, found in bad.items():
        params: dict[str, str | int] = {"count": found.count, "first": _first(found.first)}
        if message_id != "predictions.row_not_a_distribution":
            params["target"] = _first(contract.columns)
        if message_id == "predictions.value_not_a_label":
            params["labels"] = _cut([str(label) for label in contract.labels], MOST_LABELS)
        problems.append(Message.of(message_id, **params))
    return problems


def _place(row: int, column: int, ids: Sequence[str], raw: Sequence[Sequence[str]], contract: Contract) -> str:
    if column < 0:
        return f"{ids[row]} → {sum(float(texts[row]) for texts in raw):g}"
    name = ids[row] if len(contract.columns) == 1 else f"{ids[row]}, {contract.columns[column]}"
    return f"{name} → {raw[column][row] or '∅'}"
