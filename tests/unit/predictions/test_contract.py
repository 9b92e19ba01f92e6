"""A table either fits the task and is aligned, or every way in which it misses is told."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from arena.model.message import Message
from arena.model.metric import Needs
from arena.predictions.contract import MAX_NUMBER, SHOWN, Contract, Invalid, Predictions, canonical_id, check, encode
from arena.predictions.read import read_table

LABELS = Contract(id_column="id", target="y", ids=("892", "893", "894"), needs=Needs.LABEL, labels=(0, 1))
NAMES = replace(LABELS, labels=("no", "yes"))
PROBABILITIES = replace(LABELS, needs=Needs.PROBABILITY)
NUMBERS = replace(LABELS, needs=Needs.NUMBER, labels=())


def _table(values: Sequence[str], ids: Sequence[str] = LABELS.ids) -> pa.Table:
    return pa.table({"id": pa.array(ids, pa.string()), "y": pa.array(values, pa.string())})


def _values(table: pa.Table, contract: Contract = LABELS) -> list[float]:
    checked = check(table, contract)
    assert isinstance(checked, Predictions), checked
    values: list[float] = checked.values.tolist()
    return values


def _messages(table: pa.Table, contract: Contract = LABELS) -> tuple[Message, ...]:
    checked = check(table, contract)
    assert isinstance(checked, Invalid), checked
    return checked.messages


def _message(table: pa.Table, contract: Contract = LABELS) -> Message:
    (message,) = _messages(table, contract)
    return message


def test_aligned() -> None:
    """Values come in the order of the task's ids, whatever the order of the rows."""
    assert _values(_table(["1", "0", "0"], ["894", "892", "893"])) == [0, 0, 1]


def test_order_of_columns() -> None:
    """The order of the columns does not matter."""
    assert _values(_table(["1", "0", "1"]).select(["y", "id"])) == [1, 0, 1]


@given(st.permutations(range(20)), st.lists(st.integers(0, 1), min_size=20, max_size=20))
def test_any_order(order: list[int], labels: list[int]) -> None:
    """Every order of the rows gives the same predictions."""
    contract = replace(LABELS, ids=tuple(str(number) for number in range(20)))
    table = _table([str(labels[row]) for row in order], [str(row) for row in order])
    assert _values(table, contract) == labels


_style = st.fixed_dictionaries(
    {
        "mark": st.sampled_from(["", "\ufeff"]),
        "end": st.sampled_from(["\n", "\r\n"]),
        "quote": st.booleans(),
        "spaces": st.sampled_from(["", " "]),
        "decimal_ids": st.booleans(),
        "decimal_labels": st.booleans(),
    }
)


@given(_style, st.randoms(use_true_random=False), st.lists(st.integers(0, 1), min_size=3, max_size=3))
def test_any_spreadsheet(style: Mapping[str, object], chance: random.Random, labels: list[int]) -> None:
    """A file is read alike from every spreadsheet: marks, line ends, quotes, spaces, 892.0 and 1.0."""
    rows = [("id", "y")]
    for name, label in zip(LABELS.ids, labels, strict=True):
        rows.append(
            (f"{name}.0" if style["decimal_ids"] else name, f"{label}.0" if style["decimal_labels"] else f"{label}")
        )
    rows[1:] = chance.sample(rows[1:], 3)
    pad, quote, end = style["spaces"], '"' if style["quote"] else "", style["end"]
    lines = [rows[0], *((f"{pad}{name}{pad}", f"{pad}{label}{pad}") for name, label in rows[1:])]
    text = f"{style['mark']}{end.join(f'{quote}{a}{quote},{quote}{b}{quote}' for a, b in lines)}"  # type: ignore[attr-defined]
    assert _values(read_table(text.encode(), parquet=False, max_rows=LABELS.max_rows)) == labels


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("892", "892"),
        ("892.0", "892"),
        (" 892 ", "892"),
        ("-7.0", "-7"),
        ("0.0", "0"),
        ("892.5", "892.5"),
        ("892.00", "892.00"),
        ("a.0", "a.0"),
        (".0", ".0"),
        ("1.0.0", "1.0.0"),
        ("00892", "00892"),
        ("x y", "x y"),
        ("", ""),
    ],
)
def test_canonical_id(text: str, name: str) -> None:
    """A whole number's ``.0`` and spaces around an id fall away, and nothing else does."""
    assert canonical_id(text) == name


@given(st.integers())
def test_canonical_integer(number: int) -> None:
    """A whole number has one spelling."""
    assert canonical_id(f"{number}.0") == canonical_id(f" {number}") == str(number)


def test_large_ids() -> None:
    """Ids beyond what a float can hold exactly stay apart."""
    contract = replace(LABELS, ids=("9007199254740993", "9007199254740992"))
    assert _values(_table(["1", "0"], ["9007199254740992", "9007199254740993"]), contract) == [0, 1]


# Columns


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        (["id"], Message.of("predictions.columns_missing", missing="y", found="id", expected="id,y")),
        (["ID", "Y"], Message.of("predictions.columns_missing", missing="id, y", found="ID,Y", expected="id,y")),
        (["id", " y"], Message.of("predictions.columns_missing", missing="y", found="id, y", expected="id,y")),
        (
            ["id", "\x1b[2J"],
            Message.of("predictions.columns_missing", missing="y", found=r"id,\x1b[2J", expected="id,y"),
        ),
        (["", "id", "y"], Message.of("predictions.columns_extra", extra="∅", expected="id,y")),
        (
            ["id", "y", "a", "b\x1b", "c", "d"],
            Message.of("predictions.columns_extra", extra=r"a, b\x1b, c", expected="id,y"),
        ),
    ],
)
def test_columns(columns: list[str], message: Message) -> None:
    """Missing and extra columns are named beside what the header must be, made safe to show."""
    table = pa.table([pa.array(["892"])] * len(columns), names=columns)
    assert _message(table) == message


def test_long_header() -> None:
    """A header is not repeated at any length."""
    table = pa.table([pa.array(["892"])] * 100, names=[f"column number {at}" for at in range(100)])
    assert len(str(_message(table).params["found"])) == 120


# Ids


def test_ids_missing() -> None:
    """Ids without a row are counted and the first ones named, in the task's order."""
    contract = replace(LABELS, ids=("1", "2", "3", "4", "5", "6"))
    assert _message(_table(["0", "1"], ["5", "2"]), contract) == Message.of(
        "predictions.ids_missing", count=4, first="1, 3, 4, …", expected=6
    )


def test_ids_duplicate() -> None:
    """An id that stands more than once is counted once and named, also under two spellings."""
    table = _table(["0", "0", "0", "1", "1"], ["892", "892.0", "893", "894", " 892"])
    assert _message(table) == Message.of("predictions.ids_duplicate", count=1, first="892", expected=3)


def test_ids_extra() -> None:
    """Every row whose id the task does not have is counted, and the first ones named in the file's order."""
    table = _table(["0"] * 7, [*LABELS.ids, "7", "\x1b[2J", "", "9"])
    assert _message(table) == Message.of("predictions.ids_extra", count=4, first=r"7, \x1b[2J, , …", expected=3)


@pytest.mark.parametrize("name", ["৮৯২", "８９２", "+892", "892e0", "0892", "892,0", "=892", "892\u200b"])
def test_ids_in_other_digits(name: str) -> None:
    """An id that only looks alike is another id."""
    ids = [message.id for message in _messages(_table(["0"] * 3, [name, "893", "894"]))]
    assert ids == ["predictions.ids_missing", "predictions.ids_extra"]


def test_everything_at_once() -> None:
    """Problems of ids and values are told together, ids first."""
    table = _table(["0", "2", "", "0"], ["892", "892", "893", "7"])
    assert [message.id for message in _messages(table)] == [
        "predictions.ids_missing",
        "predictions.ids_duplicate",
        "predictions.ids_extra",
        "predictions.value_not_a_label",
        "predictions.value_missing",
    ]


# Values


@pytest.mark.parametrize("text", ["1", "1.0", " 1 ", "+1", "1e0", "1.", "01"])
def test_label(text: str) -> None:
    """A label that is a number may be spelt as any program writes that number."""
    assert _values(_table([text, "0", "-0.0"])) == [1, 0, 0]


@pytest.mark.parametrize(
    "text",
    [
        *(
            "2",
            "0.5",
            "-1",
            "0.9999999999999999",
            "1.0000001",
            "yes",
            "True",
            "1_0",
            "1 0",
            "0x1",
            "1,0",
            "১",
            "１",
            "½",
        ),
        *("inf", "-inf", "1e999", "1" * 400, "=1", "=1+0", "@SUM(1)", "1;", "'1", "1\u200b", "1\u00a0 1", "[1]", "--1"),
    ],
)
def test_not_a_label(text: str) -> None:
    """Anything else is no label: other numbers, words, digits of other scripts, formulas."""
    message = _message(_table(["0", text, "1"]))
    assert message.id == "predictions.value_not_a_label"
    assert message.params["count"] == 1
    assert message.params["labels"] == "0, 1"
    assert str(message.params["first"]).startswith("893 → ")


@pytest.mark.parametrize("text", ["No", "YES", "n", "0", "nope", "yes."])
def test_not_a_word(text: str) -> None:
    """Labels that are words are taken as they are written, with spaces around them or not."""
    assert _values(_table(["no", " yes", "yes "]), NAMES) == [0, 1, 1]
    assert _message(_table(["no", text, "yes"]), NAMES).id == "predictions.value_not_a_label"


def test_codes() -> None:
    """A label's code is its place in the task's list, whatever its value, and a code is an integer."""
    contract = replace(LABELS, labels=(7, 2.5, "x"))
    checked = check(_table(["x", "7.0", "2.50"]), contract)
    assert isinstance(checked, Predictions)
    assert checked.values.dtype == np.int64
    assert checked.values.tolist() == [2, 0, 1]


def test_labels_that_mean_missing_elsewhere() -> None:
    """A task may have a label that is called None; then it is one, and the other words still mean nothing."""
    contract = replace(LABELS, labels=("None", "Some"))
    assert _values(_table(["None", "Some", "None"]), contract) == [0, 1, 0]
    assert _message(_table(["None", "nan", "Some"]), contract).id == "predictions.value_missing"
    assert _message(_table(["None", "none", "Some"]), contract).id == "predictions.value_not_a_label"


@pytest.mark.parametrize("contract", [LABELS, NAMES, PROBABILITIES, NUMBERS], ids=["labels", "names", "0 to 1", "any"])
@pytest.mark.parametrize("text", ["", " ", "nan", "NaN", "NA", "N/A", "null", "NULL", "None", "<NA>"])
def test_missing(contract: Contract, text: str) -> None:
    """A row without a value is told as such, however a program writes that there is none."""
    good = str(contract.labels[0]) if contract.labels else "0"
    message = _message(_table([good, text, good] if contract is not PROBABILITIES else ["0", text, "1"]), contract)
    assert message == Message.of("predictions.value_missing", count=1, first=f"893 → {text.strip() or '∅'}", target="y")


@pytest.mark.parametrize(
    ("text", "value"), [("0", 0), ("1", 1), ("0.5", 0.5), ("1e-3", 0.001), ("-0.0", 0), (" .25", 0.25), ("1.0", 1)]
)
def test_probability(text: str, value: float) -> None:
    """A probability is a number from 0 to 1, both included."""
    assert _values(_table([text] * 3), PROBABILITIES) == [value] * 3


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("-0.001", "predictions.value_not_a_probability"),
        ("1.0000001", "predictions.value_not_a_probability"),
        ("50", "predictions.value_not_a_probability"),
        ("50%", "predictions.value_not_a_number"),
        ("0,5", "predictions.value_not_a_number"),
        ("inf", "predictions.value_not_finite"),
    ],
)
def test_not_a_probability(text: str, reason: str) -> None:
    """Other numbers, and what is no number, are told apart."""
    assert _message(_table(["0", text, "1"]), PROBABILITIES) == Message.of(
        reason, count=1, first=f"893 → {text}", target="y"
    )


@given(st.lists(st.floats(-MAX_NUMBER, MAX_NUMBER), min_size=3, max_size=3))
def test_numbers(numbers: list[float]) -> None:
    """Every finite number comes through exactly, in the notation of Python and of a spreadsheet."""
    for form in ("{!r}", "{:.17g}", "{:.17E}"):
        assert _values(_table([form.format(number) for number in numbers]), NUMBERS) == numbers


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        *((text, "predictions.value_not_finite") for text in ("inf", "-Infinity", "1e999", "1e200", "9" * 400)),
        *((text, "predictions.value_not_a_number") for text in ("x", "1_0", "১", "１２", "0x10", "1,5", "=2", "1 2")),
    ],
)
def test_not_a_number(text: str, reason: str) -> None:
    """What overflows a metric and what is no number to every reader of the file are told apart."""
    message = _message(_table(["0", text, "1"]), NUMBERS)
    assert message.id == reason
    assert message.params["count"] == 1


def test_largest_number() -> None:
    """The square of the largest number is still finite, and so is the sum of many."""
    (value, *_) = _values(_table([repr(MAX_NUMBER)] * 3), NUMBERS)
    assert np.isfinite(value**2 * 1e6)


def test_first_rows_named() -> None:
    """The first offending rows are named with their ids and values, no more of them than a line can show."""
    contract = replace(LABELS, ids=tuple(str(number) for number in range(10)))
    table = _table(["2"] * 10, [str(number) for number in reversed(range(10))])
    assert _message(table, contract) == Message.of(
        "predictions.value_not_a_label", count=10, first="9 → 2, 8 → 2, 7 → 2, …", target="y", labels="0, 1"
    )
    exactly = _table([*["2"] * SHOWN, *["1"] * (10 - SHOWN)], list(contract.ids))
    assert _message(exactly, contract).params["first"] == "0 → 2, 1 → 2, 2 → 2"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[31m1", r"893 → \x1b[31m1"),
        ("\x1b]0;title\x07", r"893 → \x1b]0;title\x07"),
        ("a\u202eb", r"893 → a\u202eb"),
        ("a\nb", r"893 → a\nb"),
        ("x" * 500, f"893 → {'x' * 33}…"),
    ],
)
def test_values_are_shown_safely(text: str, shown: str) -> None:
    """An offending value is short and steers no terminal."""
    assert _message(_table(["0", text, "1"])).params["first"] == shown


@given(st.lists(st.text(max_size=8), min_size=3, max_size=3), st.sampled_from([LABELS, NAMES, PROBABILITIES, NUMBERS]))
def test_any_values(values: list[str], contract: Contract) -> None:
    """Every text is a prediction within the contract, or is told as a problem of its row."""
    checked = check(_table(values), contract)
    if isinstance(checked, Predictions):
        assert checked.values.shape == (3,)
        assert np.isfinite(checked.values).all()
    else:
        assert sum(int(message.params["count"]) for message in checked.messages) <= 3


def test_max_rows() -> None:
    """Enough rows are read to name what is superfluous."""
    assert LABELS.max_rows > 2 * len(LABELS.ids)


# The truth


@pytest.mark.parametrize(
    ("contract", "texts", "values"),
    [
        (LABELS, ["1", "0", " 1.0"], [1, 0, 1]),
        (NAMES, ["yes", " no", "yes "], [1, 0, 1]),
        (replace(PROBABILITIES, labels=("no", "yes")), ["yes", "no", "yes"], [1, 0, 1]),
        (NUMBERS, ["1.5", "-2", "0"], [1.5, -2, 0]),
    ],
)
def test_encode(contract: Contract, texts: list[str], values: list[float]) -> None:
    """The truth becomes the same codes or numbers; that of a probability is a label."""
    encoded = encode(texts, contract)
    assert encoded is not None
    assert encoded.tolist() == values


@pytest.mark.parametrize(
    ("contract", "text"), [(LABELS, "2"), (LABELS, ""), (NAMES, "1"), (PROBABILITIES, "0.5"), (NUMBERS, "inf")]
)
def test_encode_unusable(contract: Contract, text: str) -> None:
    """One true value that cannot be encoded makes all of them unusable."""
    assert encode(["1", text], contract) is None
