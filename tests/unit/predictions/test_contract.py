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
from arena.model.metric import Needs, Sign
from arena.predictions.contract import SHOWN, Contract, Invalid, Predictions, canonical_id, check, encode
from arena.predictions.read import read_table
from arena.predictions.values import MAX_NUMBER, SUM_TOLERANCE

LABELS = Contract(id_column="id", columns=("y",), ids=("892", "893", "894"), needs=Needs.LABEL, labels=(0, 1))
NAMES = replace(LABELS, labels=("no", "yes"))
PROBABILITIES = replace(LABELS, needs=Needs.PROBABILITY)
NUMBERS = replace(LABELS, needs=Needs.NUMBER, labels=())
SCORES = replace(LABELS, needs=Needs.SCORE)
EACH = replace(NAMES, needs=Needs.PROBABILITIES, columns=("no", "yes"))
MIXES = replace(NUMBERS, needs=Needs.DISTRIBUTION, columns=("a", "b", "c"))
SEVERAL = replace(MIXES, needs=Needs.NUMBERS)
RANKINGS = replace(NUMBERS, needs=Needs.RANKING)


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
    assert checked.values.dtype.kind == "i"
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


@given(
    st.lists(st.text(max_size=8), min_size=3, max_size=3),
    st.sampled_from([LABELS, NAMES, PROBABILITIES, NUMBERS, SCORES]),
)
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


# Several columns, and other kinds


def _several(contract: Contract, *columns: Sequence[str]) -> pa.Table:
    ids = pa.array(contract.ids, pa.string())
    return pa.table([ids, *(pa.array(texts, pa.string()) for texts in columns)], names=["id", *contract.columns])


def test_columns_of_labels() -> None:
    """Probabilities of several labels have a column each, which is named by its label and may stand anywhere."""
    table = _several(EACH, ["0.25", "1", "0"], ["0.75", "0", "1"]).select(["yes", "id", "no"])
    checked = check(table, EACH)
    assert isinstance(checked, Predictions)
    assert checked.values.tolist() == [[0.25, 0.75], [1, 0], [0, 1]]


def test_columns_of_labels_missing() -> None:
    """A table with one column for the target is told which columns there must be."""
    assert _message(_table(["0.5", "1", "0"]), EACH) == Message.of(
        "predictions.columns_missing", missing="no, yes", found="id,y", expected="id,no,yes"
    )


def test_many_columns_missing() -> None:
    """Of many columns a message names the first."""
    labels = tuple(range(200))
    contract = replace(EACH, labels=labels, columns=tuple(map(str, labels)))
    message = _message(_table(["0.5", "1", "0"]), contract)
    assert str(message.params["missing"]).endswith("18, 19, …")
    assert len(str(message.params["expected"])) == 120


@pytest.mark.parametrize("contract", [EACH, MIXES])
def test_rows_that_do_not_sum_to_one(contract: Contract) -> None:
    """Rows of probabilities that do not sum to 1 are told with their sums."""
    rest = [["0"] * 3] * (len(contract.columns) - 2)
    table = _several(contract, ["0.5", "0.2", "1"], ["0.5", "0.7", "1"], *rest)
    assert _message(table, contract) == Message.of(
        "predictions.row_not_a_distribution", count=2, first="893 → 0.9, 894 → 2"
    )


@given(st.lists(st.floats(1e-6, 1), min_size=3, max_size=3), st.floats(-0.9, 0.9))
def test_rows_that_nearly_sum_to_one(weights: list[float], off: float) -> None:
    """What rounding took away or added gains nothing: such a row is divided by its sum."""
    shares = np.array(weights) / sum(weights) * (1 + off * SUM_TOLERANCE)
    table = _several(MIXES, *[[repr(min(share, 1.0))] * 3 for share in shares.tolist()])
    checked = check(table, MIXES)
    assert isinstance(checked, Predictions)
    assert checked.values.sum(axis=1) == pytest.approx(1, abs=1e-12)
    assert checked.values[0] == pytest.approx(np.array(weights) / sum(weights), rel=1e-3)


def test_values_of_several_columns() -> None:
    """A message about values of several columns counts them together and names row and column."""
    table = _several(SEVERAL, ["1", "x", "-3.5"], ["inf", "2", "y"], ["", "2", "0"])
    first, second, third = _messages(table, SEVERAL)
    assert first == Message.of(
        "predictions.value_not_a_number", count=2, first="893, a → x, 894, b → y", target="a, b, c"
    )
    assert (second.id, second.params["first"]) == ("predictions.value_not_finite", "892, b → inf")
    assert (third.id, third.params["first"]) == ("predictions.value_missing", "892, c → ∅")


def test_numbers_of_several_columns() -> None:
    """Several numbers a row keep the task's order of columns and ids."""
    table = _several(SEVERAL, ["1", "2", "3"], ["4", "5", "6"], ["7", "8", "-9"]).take([2, 0, 1])
    checked = check(table, SEVERAL)
    assert isinstance(checked, Predictions)
    assert checked.values.tolist() == [[1, 4, 7], [2, 5, 8], [3, 6, -9]]


@pytest.mark.parametrize(
    ("sign", "text", "reason"),
    [
        (Sign.NON_NEGATIVE, "-0.001", "predictions.value_negative"),
        (Sign.POSITIVE, "0", "predictions.value_not_positive"),
        (Sign.POSITIVE, "-1", "predictions.value_not_positive"),
    ],
)
def test_sign(sign: Sign, text: str, reason: str) -> None:
    """A number that the task's metric cannot take is told, and blamed on nobody else."""
    message = _message(_table(["1", text, "2"]), replace(NUMBERS, sign=sign))
    assert message == Message.of(reason, count=1, first=f"893 → {text}", target="y")
    assert _values(_table(["1", "0.001", "2"]), replace(NUMBERS, sign=sign)) == [1, 0.001, 2]


def test_scores() -> None:
    """A score is any finite number, though its truth is a label."""
    assert _values(_table(["-3.5", "0", "1e9"]), SCORES) == [-3.5, 0, 1e9]
    assert _message(_table(["-3.5", "yes", "0"]), SCORES).id == "predictions.value_not_a_number"


def test_rankings() -> None:
    """A ranking is a list of names, separated by spaces; where the task has labels, they are its labels."""
    checked = check(_table(["a b  c", "b", " a\tb "]), RANKINGS)
    assert isinstance(checked, Predictions)
    assert checked.values.tolist() == [("a", "b", "c"), ("b",), ("a", "b")]
    labelled = check(_table(["1 0", "0", "1.0 0"]), replace(RANKINGS, labels=(0, 1)))
    assert isinstance(labelled, Predictions)
    assert labelled.values.tolist() == [(1, 0), (0,), (1, 0)]
    assert _message(_table(["1 0", "2 0", "1"]), replace(RANKINGS, labels=(0, 1))).id == "predictions.value_not_a_label"
    assert _message(_table(["a", "", "b"]), RANKINGS).id == "predictions.value_missing"


def test_many_labels() -> None:
    """Of many labels a message lists the first."""
    message = _message(_table(["0", "x", "1"]), replace(LABELS, labels=tuple(range(100))))
    assert str(message.params["labels"]).endswith("18, 19, …")


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
    encoded = encode([texts], contract)
    assert encoded is not None
    assert encoded.tolist() == values


@pytest.mark.parametrize(
    ("contract", "text"), [(LABELS, "2"), (LABELS, ""), (NAMES, "1"), (PROBABILITIES, "0.5"), (NUMBERS, "inf")]
)
def test_encode_unusable(contract: Contract, text: str) -> None:
    """One true value that cannot be encoded makes all of them unusable."""
    assert encode([["1", text]], contract) is None


def test_encode_several() -> None:
    """The truth of one probability a label is one column of labels; that of a distribution has its columns."""
    labels = encode([["yes", "no"]], EACH)
    assert labels is not None
    assert labels.tolist() == [1, 0]
    shares = encode([["1", "0.25"], ["0", "0.25"], ["0", "0.5"]], MIXES)
    assert shares is not None
    assert shares.tolist() == [[1, 0, 0], [0.25, 0.25, 0.5]]
    assert encode([["1"], ["1"], ["0"]], MIXES) is None


def test_encode_any_sign() -> None:
    """Which true numbers a metric can take it says itself: a truth that it cannot is no reason to refuse to read."""
    encoded = encode([["-1"]], replace(NUMBERS, sign=Sign.POSITIVE))
    assert encoded is not None
    assert encoded.tolist() == [-1]
