"""The quick way gives what reading as text gives, or nothing."""

import io
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from arena.model.metric import Needs, Sign
from arena.predictions.accept import accept
from arena.predictions.contract import Contract, Invalid, Predictions, check
from arena.predictions.ids import IntegerIds
from arena.predictions.quick import read_quickly
from arena.predictions.read import Unreadable, read_table

IDS = IntegerIds(np.array([10, 0, 12, 3, 7]))
LABELS = Contract(id_column="id", columns=("y",), ids=IDS, needs=Needs.LABEL, labels=(0, 1))
NAMES = replace(LABELS, labels=("no", "yes", "None"))
CHANCES = replace(LABELS, needs=Needs.PROBABILITY)
NUMBERS = replace(LABELS, needs=Needs.NUMBER, labels=())
SCORES = replace(LABELS, needs=Needs.SCORE)
CONTRACTS = [LABELS, NAMES, CHANCES, NUMBERS, SCORES, *(replace(NUMBERS, sign=sign) for sign in Sign)]
GOOD = {"labels": (LABELS, "1"), "names": (NAMES, "yes"), "chances": (CHANCES, "0.25"), "numbers": (NUMBERS, "-1e3")}


def _as_text(data: bytes, contract: Contract) -> Predictions | Invalid:
    table = read_table(data, parquet=False, max_rows=contract.max_rows)
    return Invalid((table.message,)) if isinstance(table, Unreadable) else check(table, contract)


def _quickly(data: bytes, contract: Contract, chunk_bytes: int = 1 << 22) -> list[object] | None:
    found = read_quickly(io.BytesIO(data), contract, chunk_bytes=chunk_bytes)
    return None if found is None else found.values.tolist()


def _file(value: str, ids: Sequence[object] = (3, 7, 0, 10, 12), end: str = "\n", head: str = "id,y") -> bytes:
    rows = [f"{name},{value}" if head.replace('"', "").endswith("y") else f"{value},{name}" for name in ids]
    return (end.join([head, *rows]) + end).encode()


@pytest.mark.parametrize("head", ["id,y", "y,id", '"id","y"', "\ufeffid,y"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("name", GOOD)
def test_plain_tables(name: str, end: str, head: str) -> None:
    """Plain tables go the quick way: either order of columns, either line end, with a mark, with a quoted header."""
    contract, value = GOOD[name]
    data = _file(value, end=end, head=head)
    expected = _as_text(data, contract)
    assert isinstance(expected, Predictions)
    assert _quickly(data, contract) == expected.values.tolist()
    assert _quickly(data.rstrip(), contract) == expected.values.tolist()


@pytest.mark.parametrize("chunk_bytes", [1, 2, 7, 16, 64])
def test_chunks(chunk_bytes: int) -> None:
    """Wherever chunks end, no row is lost, split or read twice."""
    data = b"id,y\n0,0.5\n12,0.25\n3,1\n10,0\n7,0.125\n"
    assert _quickly(data, CHANCES, chunk_bytes) == [0, 0.5, 0.25, 1, 0.125]


def test_same_types() -> None:
    """Both ways give values of one type."""
    for contract, value in GOOD.values():
        quick, text = read_quickly(io.BytesIO(_file(value)), contract), _as_text(_file(value), contract)
        assert quick is not None
        assert isinstance(text, Predictions)
        assert quick.values.dtype == text.values.dtype


@pytest.mark.parametrize(
    "data",
    [
        _file("1", ids=(3, 7, 0, 10)),
        _file("1", ids=(3, 7, 0, 10, 10)),
        _file("1", ids=(3, 7, 0, 10, 12, 12)),
        _file("1", ids=(3, 7, 0, 10, 13)),
        _file("1", ids=("03", 7, 0, 10, 12)),
        _file("1", ids=("0x3", 7, 0, 10, 12)),
        _file("1", ids=("+3", 7, 0, 10, 12)),
        _file("1", ids=(" 3", 7, 0, 10, 12)),
        _file("1", ids=("3.0", 7, 0, 10, 12)),
        _file("1", ids=(3, 7, "-0", 10, 12)),
        _file("1", ids=(3, 7, "00", 10, 12)),
        _file("1", ids=(3, 7, 0, 10, "12\r")),
        _file("1", ids=(3, 7, 0, "1\r0", 12)),
        _file("1", ids=("03", 7, 0, 10, 12), head="y,id"),
        _file("nan"),
        _file(""),
        _file("1") + b"\n",
        _file('"1"'),
        _file("1\0"),
        _file("0." + "1" * 5000),
        b"id,y,z\n3,1,1\n",
        b"y\n1\n",
        b"",
        b"id,y",
        b"id,y\n",
    ],
)
def test_others_go_the_other_way(data: bytes) -> None:
    """Any other table, good or bad, is read as text, where it has its message."""
    assert _quickly(data, LABELS) is None


@pytest.mark.parametrize(
    "contract",
    [
        replace(LABELS, ids=("3", "7")),
        replace(LABELS, needs=Needs.PROBABILITIES, columns=("0", "1")),
        replace(NUMBERS, needs=Needs.NUMBERS, columns=("a", "b")),
        replace(NUMBERS, needs=Needs.RANKING),
        replace(LABELS, columns=("a,b",)),
    ],
)
def test_other_contracts(contract: Contract) -> None:
    """What has other ids, several columns or lists of names is read as text."""
    assert _quickly(_file("1"), contract) is None


@pytest.mark.parametrize(
    ("contract", "value"),
    [
        (CHANCES, "1.0000001"),
        (CHANCES, "-0.1"),
        (NUMBERS, "1e151"),
        (NUMBERS, "inf"),
        (NUMBERS, "nan(1)"),
        (NUMBERS, "1_0"),
        (NUMBERS, "0x1p3"),
        (replace(NUMBERS, sign=Sign.NON_NEGATIVE), "-1"),
        (replace(NUMBERS, sign=Sign.POSITIVE), "0"),
        (LABELS, "2"),
        (NAMES, "none"),
    ],
)
def test_values_that_are_none(contract: Contract, value: str) -> None:
    """A value that the contract does not take is never taken quickly."""
    assert _quickly(_file(value), contract) is None


_names = st.sampled_from(
    [
        "3",
        "7",
        "0",
        "10",
        "12",
        "13",
        "03",
        "00",
        "0x3",
        "+3",
        "-3",
        "-0",
        " 3",
        "3 ",
        "3.0",
        "3e0",
        "",
        '"3"',
        "৩",
        "\t7",
    ]
)
_cells = st.one_of(
    st.sampled_from(
        [
            *("0", "1", "0.5", "1.0", " 1", "1 ", "+1", "-0.0", "1e0", ".5", "5.", "01", "1e-400", "1e400", "-1", "2"),
            *("nan", "NaN", "inf", "-inf", "infinity", "nan(1)", "", "NA", "null", "None", "yes", "no", " yes", "Yes"),
            *(
                "0x1",
                "1_0",
                "1,0",
                '"1"',
                "'1'",
                "১",
                "1\u00a0",
                "1\0",
                "1e150",
                "1.1e150",
                "TRUE",
                "true",
                "1f",
                "1d0",
            ),
        ]
    ),
    st.floats(-10, 10).map(repr),
    st.floats().map("{:.17g}".format),
)
_ends = st.sampled_from(["\n", "\n", "\n", "\r\n", "\r", "\n\n", " \n"])
_heads = st.sampled_from(["id,y", "id,y", "y,id", '"id","y"', "\ufeffid,y", "id, y", "id,y,z", "id", "", "\nid,y"])


_plain = st.sampled_from(["0", "1", "1.0", " 1", "1 ", "+1", "1e0", "01", "-0.0"])


@st.composite
def _tables(draw: st.DrawFn) -> bytes:
    """A table that is right, or nearly: most have each id once, and few have more than one oddity."""
    names = draw(st.permutations([str(name) for name in IDS]))
    cells = draw(st.lists(_plain, min_size=5, max_size=5))
    odd = draw(st.sampled_from(["nothing", "name", "cell", "end", "head", "everything"]))
    if odd in {"name", "everything"}:
        at = draw(st.integers(0, 5))
        names = [*names[:at], draw(_names), *names[at + draw(st.integers(0, 1)) :]]
    if odd in {"cell", "everything"}:
        cells[draw(st.integers(0, 4))] = draw(_cells)
    head = draw(_heads) if odd in {"head", "everything"} else draw(st.sampled_from(["id,y", "y,id"]))
    end = draw(st.sampled_from(["\n", "\r\n"]))
    pairs = list(zip(names, [*cells, *cells], strict=False))
    rows = [f"{cell},{name}" if head == "y,id" else f"{name},{cell}" for name, cell in pairs]
    last = draw(_ends) if odd in {"end", "everything"} else end
    lines = [line + (last if at == 1 else end) for at, line in enumerate(rows)]
    return (head + end + "".join(lines)).encode()


@settings(max_examples=300)
@given(_tables(), st.sampled_from(CONTRACTS), st.sampled_from([3, 16, 1 << 22]))
@example(b"id,y\n3,1\n7,1\n0,1\n10,1\r02,1\n", LABELS, 1 << 22)
def test_quick_is_as_text(data: bytes, contract: Contract, chunk_bytes: int) -> None:
    """Whatever the table: where the quick way gives values, the text has the same, to the last bit."""
    quick = read_quickly(io.BytesIO(data), contract, chunk_bytes=chunk_bytes)
    text = _as_text(data, contract)
    if quick is not None:
        assert isinstance(text, Predictions), text
        assert quick.values.tobytes() == text.values.tobytes()
    both = accept(io.BytesIO(data), contract, parquet=False)
    if isinstance(text, Predictions):
        assert isinstance(both, Predictions)
        assert both.values.tobytes() == text.values.tobytes()
    else:
        assert both == text


@given(st.binary(max_size=80), st.sampled_from(CONTRACTS))
def test_any_bytes(data: bytes, contract: Contract) -> None:
    """Any bytes below a good header give nothing, or what the text gives."""
    quick = read_quickly(io.BytesIO(b"id,y\n" + data), contract)
    if quick is not None:
        text = _as_text(b"id,y\n" + data, contract)
        assert isinstance(text, Predictions)
        assert quick.values.tobytes() == text.values.tobytes()
