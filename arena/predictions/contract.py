"""What a task expects of a table of predictions, and every way in which one can miss it.

Pure: text columns in, an aligned array or messages out. It needs no answers, so learners run exactly this before they
submit.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from arena.model.message import Message
from arena.model.metric import Needs, Sign
from arena.model.safe_text import safe_line
from arena.model.task import Label
from arena.predictions.values import Bad, parse

# How many offending rows a message names.
SHOWN = 3
# How many labels, and how much of a header, a message lists.
MOST_LABELS = 20
MOST_HEADER = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class Contract:
    """``ids`` are the ids that must be there, as text, in the order in which predictions are returned.

    ``columns`` hold the predictions, several of them where ``needs`` is of several; ``sign`` says which numbers the
    task's metrics can take.
    """

    id_column: str
    columns: tuple[str, ...]
    ids: tuple[str, ...]
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

    Its shape is (rows,), or (rows, columns) where there are several: codes (int64) for labels, tuples (object) for
    rankings, else float64.
    """

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
    raw = [[text.strip() for text in table.column(name).to_pylist()] for name in contract.columns]
    position = {name: row for row, name in enumerate(contract.ids)}
    rows = np.fromiter((position.get(name, -1) for name in ids), dtype=np.int64, count=len(ids))
    problems = _id_problems(ids, rows, contract)
    values, bad = parse(raw, contract.needs, contract.labels, contract.sign)
    problems += _value_problems(bad, ids, raw, contract)
    if problems:
        return Invalid(tuple(problems))
    aligned = np.empty((len(contract.ids), *values.shape[1:]), dtype=values.dtype)
    aligned[rows] = values
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


def _canonical_ids(column: pa.ChunkedArray) -> list[str]:
    return [canonical_id(text) for text in pc.cast(column, pa.string()).to_pylist()]


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


def _value_problems(bad: Bad, ids: list[str], raw: list[list[str]], contract: Contract) -> list[Message]:
    problems = []
    for message_id, places in bad.items():
        first = _first([_place(row, column, ids, raw, contract) for row, column in places[: SHOWN + 1]])
        params: dict[str, str | int] = {"count": len(places), "first": first}
        if message_id != "predictions.row_not_a_distribution":
            params["target"] = _first(contract.columns)
        if message_id == "predictions.value_not_a_label":
            params["labels"] = _cut([str(label) for label in contract.labels], MOST_LABELS)
        problems.append(Message.of(message_id, **params))
    return problems


def _place(row: int, column: int, ids: list[str], raw: list[list[str]], contract: Contract) -> str:
    if column < 0:
        return f"{ids[row]} → {sum(float(texts[row]) for texts in raw):g}"
    name = ids[row] if len(contract.columns) == 1 else f"{ids[row]}, {contract.columns[column]}"
    return f"{name} → {raw[column][row] or '∅'}"
