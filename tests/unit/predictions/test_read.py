"""Hostile bytes become columns of text, or the reason why they do not."""

import io
from collections.abc import Mapping, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pa_parquet
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arena.model.message import Message
from arena.predictions.read import BYTES_PER_ROW, FREE_BYTES, MAX_COLUMNS, Unreadable, read_table

MAX_ROWS = 50


def _read(data: bytes, *, parquet: bool = False, max_rows: int = MAX_ROWS) -> dict[str, list[str]]:
    table = read_table(data, parquet=parquet, max_rows=max_rows)
    assert isinstance(table, pa.Table), table
    columns: dict[str, list[str]] = table.to_pydict()
    return columns


def _refused(data: bytes, *, parquet: bool = False, max_rows: int = MAX_ROWS) -> Message:
    table = read_table(data, parquet=parquet, max_rows=max_rows)
    assert isinstance(table, Unreadable), table
    return table.message


def _parquet(columns: Mapping[str, object] | pa.Table, **options: object) -> bytes:
    buffer = io.BytesIO()
    table = columns if isinstance(columns, pa.Table) else pa.table(dict(columns))
    pa_parquet.write_table(table, buffer, **options)
    return buffer.getvalue()


@pytest.mark.parametrize("parquet", [False, True])
def test_nothing(*, parquet: bool) -> None:
    """An empty file holds no rows, whatever it is called."""
    assert _refused(b"", parquet=parquet) == Message.of("predictions.empty")


@pytest.mark.parametrize(
    "data",
    [
        b"id,y\n1,a\n2,b\n",
        b"id,y\n1,a\n2,b",
        b"id,y\r\n1,a\r\n2,b\r\n",
        b"id,y\r1,a\r2,b\r",
        b"\xef\xbb\xbfid,y\n1,a\n2,b\n",
        b'"id","y"\n"1","a"\n"2",b\n',
        b"\n\nid,y\n1,a\n\n2,b\n\n",
        b"\xef\xbb\xbf\r\nid,y\r\n1,a\r\n2,b\r\n\r\n",
    ],
    ids=["plain", "no last line end", "crlf", "cr", "mark", "quotes", "empty lines", "mark, crlf, empty lines"],
)
def test_csv(data: bytes) -> None:
    """CSV is read as people's spreadsheets write it: line ends of any system, a mark, quotes, empty lines."""
    assert _read(data) == {"id": ["1", "2"], "y": ["a", "b"]}


def test_csv_text_stays() -> None:
    """Nothing is interpreted: zeros, spaces, formulas, words for nothing and commas in quotes stay as they are."""
    data = '"007"," 1.0",=1+1,,nan,NULL,"a,b","say ""so""","two\nlines",১\n'
    heads = "abcdefghij"
    read = _read(f"{','.join(heads)}\n{data}".encode())
    assert [read[head][0] for head in heads] == [
        *("007", " 1.0", "=1+1", "", "nan", "NULL", "a,b", 'say "so"', "two\nlines", "১")
    ]


@pytest.mark.parametrize("data", [b"id,y\n", b"id,y", b"\n", b"\r\n\r\n", b"\xef\xbb\xbf", b"\xef\xbb\xbfid,y\n"])
def test_csv_empty(data: bytes) -> None:
    """A header without rows, or less, holds no rows."""
    assert _refused(data) == Message.of("predictions.empty")


@pytest.mark.parametrize(
    ("data", "line", "got"),
    [
        (b"id,y\n1,0\n2\n", 3, 1),
        (b"id,y\n1,0,\n", 2, 3),
        (b"id,y\n1,0\n2,0\n3,0;0,1\n", 4, 3),
        (b'id,y\n"1,0\n2,0\n', 2, 1),
        (b"id,y\n" + b"1,0\n" * 100_000 + b"1\n", 100_002, 1),
    ],
    ids=["short", "long", "later", "quote not closed", "far down"],
)
def test_csv_ragged(data: bytes, line: int, got: int) -> None:
    """A row with another number of fields is named, wherever it stands."""
    assert _refused(data) == Message.of("predictions.ragged", line=line, expected=2, got=got)


@pytest.mark.parametrize(
    "data", [_parquet({"id": [1], "y": [0]}), b"PK\x03\x04zip", b"\x1f\x8bgzip"], ids=["parquet", "zip", "gzip"]
)
def test_csv_of_another_format(data: bytes) -> None:
    """An archive or a parquet file that is called .csv is told apart from a broken table."""
    assert _refused(data) == Message.of("predictions.not_csv")


@pytest.mark.parametrize(
    ("data", "line", "byte"),
    [
        (b"id,y\n1,0\n2,\xe9\n", 3, "0xe9"),
        ("id,y\n1,0\n".encode("utf-16"), 1, "0xff"),
        (b"id,y\n1,\x000\n", 2, "0x00"),
        (b"\x00id,y\n1,0\n", 1, "0x00"),
        (b"id,y\n1,\xed\xa0\x80\n", 2, "0xed"),
        (b"id,y\n1,\xc2", 2, "0xc2"),
    ],
    ids=["latin 1", "utf 16", "nul", "nul first", "surrogate", "cut off"],
)
def test_csv_not_utf8(data: bytes, line: int, byte: str) -> None:
    """Bytes that are no text are named with their line."""
    assert _refused(data) == Message.of("predictions.not_utf8", line=line, byte=byte)


def test_csv_column_twice() -> None:
    """A column that stands twice is named, made safe to show."""
    assert _refused(b"id,y,y,id\n1,0,0,1\n") == Message.of("predictions.column_twice", column="id")
    assert _refused(b"\x1b[2J,\x1b[2J\n1,0\n") == Message.of("predictions.column_twice", column=r"\x1b[2J")


def _wide(columns: int) -> bytes:
    return b"%s\n%s\n" % (b",".join(b"c%d" % at for at in range(columns)), b",".join([b"0"] * columns))


def test_csv_many_columns() -> None:
    """Columns are limited, and the limit itself still fits."""
    assert len(_read(_wide(MAX_COLUMNS))) == MAX_COLUMNS
    assert _refused(_wide(MAX_COLUMNS + 1)) == Message.of(
        "predictions.too_many_columns", count=MAX_COLUMNS + 1, limit=MAX_COLUMNS
    )


@pytest.mark.parametrize("start", [b"id,", b'"id\n",'], ids=["plain", "with a line end in quotes"])
def test_csv_many_columns_far_right(start: bytes) -> None:
    """A million columns behind a long name are not read: they would take gigabytes."""
    message = _refused(start + b"a" * 66_000 + b"," * 1_000_000 + b"\n1,0\n")
    assert message.id == "predictions.malformed"
    assert "header" in str(message.params["detail"])


def test_csv_long_file() -> None:
    """A file that is longer than the longest header is read whole."""
    rows = 60_000
    assert len(_read(b"id,y\n" + b"1,0\n" * rows, max_rows=rows)["y"]) == rows


def test_csv_endless_value() -> None:
    """A value longer than any prediction is refused."""
    assert _refused(b"id,y\n1," + b"0" * 1_000_000 + b"\n").id == "predictions.malformed"


@pytest.mark.parametrize("parquet", [False, True])
def test_many_rows(*, parquet: bool) -> None:
    """Rows are limited, and the limit itself still fits."""

    def rows(count: int) -> bytes:
        return _parquet({"id": [1] * count}) if parquet else b"id\n" + b"1\n" * count

    assert len(_read(rows(MAX_ROWS), parquet=parquet)["id"]) == MAX_ROWS
    assert _refused(rows(MAX_ROWS + 1), parquet=parquet) == Message.of(
        "predictions.too_many_rows", count=MAX_ROWS + 1, limit=MAX_ROWS
    )


@pytest.mark.parametrize(
    ("column", "texts"),
    [
        (pa.array([1, -2, None]), ["1", "-2", ""]),
        (pa.array([2**63 - 1, 0, 1]), ["9223372036854775807", "0", "1"]),
        (pa.array([2**64 - 1, 0, 1], pa.uint64()), ["18446744073709551615", "0", "1"]),
        (pa.array([0.1, 1.0, float("nan")]), ["0.1", "1", "nan"]),
        (pa.array([0.1, float("inf"), -0.0], pa.float32()), ["0.1", "inf", "-0"]),
        (pa.array(np.array([0.5, 1, 2], "float16")), ["0.5", "1", "2"]),
        (pa.array([True, False, None]), ["1", "0", ""]),
        (pa.array(["yes", " no", None]), ["yes", " no", ""]),
        (pa.array(["yes", "no", "yes"]).dictionary_encode(), ["yes", "no", "yes"]),
        (pa.array([1, 0, 1]).dictionary_encode(), ["1", "0", "1"]),
        (pa.array(["yes", "", "no"], pa.large_string()), ["yes", "", "no"]),
        (pa.array([b"yes", b"no", b""]), ["yes", "no", ""]),
        (pa.nulls(3), ["", "", ""]),
        (pa.array([1, 2, 3], pa.decimal128(5, 2)), ["1.00", "2.00", "3.00"]),
    ],
    ids=[
        *("integers", "large", "unsigned", "floats", "floats of 32 bits", "of 16 bits", "truths", "text", "categories"),
        *("numbered categories", "large text", "bytes", "nothing", "decimals"),
    ],
)
@pytest.mark.parametrize("compression", ["snappy", "zstd"])
def test_parquet(column: pa.Array, texts: Sequence[str], compression: str) -> None:
    """Columns of every plain type become their shortest exact text, and what is missing becomes nothing."""
    data = _parquet({"id": [1, 2, 3], "y": column}, compression=compression)
    assert _read(data, parquet=True) == {"id": ["1", "2", "3"], "y": list(texts)}


def test_parquet_of_pandas() -> None:
    """A frame's own index column is shown like any other, so that its extra column is told."""
    frame = pa.table({"id": [1], "y": [0], "__index_level_0__": [0]})
    assert list(_read(_parquet(frame), parquet=True)) == ["id", "y", "__index_level_0__"]


@pytest.mark.parametrize(
    "column",
    [
        pa.array([[1], [0]]),
        pa.array([{"a": 1}, {"a": 0}]),
        pa.array([[("a", 1)], []], pa.map_(pa.string(), pa.int64())),
        pa.array([b"x" * 100, b"y" * 100], pa.binary(100)),
        pa.array([b"\xff", b"1"]),
    ],
    ids=["lists", "structs", "maps", "blobs", "not utf-8"],
)
def test_parquet_no_table(column: pa.Array) -> None:
    """Columns that hold no plain values are refused."""
    assert _refused(_parquet({"id": [1, 2], "y": column}), parquet=True).id == "predictions.malformed"


def test_parquet_text_that_is_none() -> None:
    """Bytes that a file calls text are looked at: what is no UTF-8 is refused, not stumbled over later."""
    data = _parquet({"id": [1], "y": ["caf\u00e9"]}, compression="none", use_dictionary=False)
    broken = data.replace("caf\u00e9".encode(), b"caf\xff\xfe")
    assert broken != data
    assert _refused(broken, parquet=True).id == "predictions.malformed"


def test_parquet_column_twice() -> None:
    """A column that stands twice is named here as well."""
    table = pa.table([pa.array([1]), pa.array([0]), pa.array([1])], names=["id", "y", "y"])
    assert _refused(_parquet(table), parquet=True) == Message.of("predictions.column_twice", column="y")


def test_parquet_many_columns() -> None:
    """Columns are limited here as well."""
    data = _parquet({f"c{at}": [0] for at in range(MAX_COLUMNS + 1)})
    assert _refused(data, parquet=True) == Message.of(
        "predictions.too_many_columns", count=MAX_COLUMNS + 1, limit=MAX_COLUMNS
    )


def test_parquet_empty() -> None:
    """Columns without rows, and rows without columns, hold no rows."""
    assert _refused(_parquet({"id": pa.array([], pa.int64())}), parquet=True) == Message.of("predictions.empty")
    assert _refused(_parquet(pa.table({"id": [1]}).select([])), parquet=True) == Message.of("predictions.empty")


@pytest.mark.parametrize("as_categories", [True, False])
def test_parquet_bomb_of_one_value(*, as_categories: bool) -> None:
    """A long text that every row repeats takes 2 KB in the file and gigabytes as text: it is refused before."""
    limit = FREE_BYTES + BYTES_PER_ROW * MAX_ROWS
    text = "x" * (limit // MAX_ROWS + 1)
    column = pa.DictionaryArray.from_arrays(pa.array([0] * MAX_ROWS, pa.int32()), [text])
    data = _parquet({"id": list(range(MAX_ROWS)), "y": column}, compression="zstd", store_schema=as_categories)
    assert len(data) < 10_000
    message = _refused(data, parquet=True)
    assert message.id == "predictions.malformed"
    assert str(limit) in str(message.params["detail"])


def test_parquet_bomb_of_zeros() -> None:
    """So is a long text that was packed well."""
    zeros = {"id": [1], "y": ["0" * (FREE_BYTES + 100_000)]}
    data = _parquet(zeros, compression="zstd", use_dictionary=False, write_statistics=False)
    assert len(data) < FREE_BYTES // 1000
    message = _refused(data, parquet=True)
    assert message.id == "predictions.malformed"
    assert "bytes in memory" in str(message.params["detail"])


def test_parquet_bomb_of_columns() -> None:
    """So are many columns of many rows."""
    rows = 100_000
    zeros = pa.nulls(rows)
    data = _parquet({f"c{at}": zeros for at in range(60)})
    assert "bytes in memory" in str(_refused(data, parquet=True, max_rows=rows).params["detail"])
    assert len(_read(_parquet({f"c{at}": zeros for at in range(3)}), parquet=True, max_rows=rows)) == 3


@pytest.mark.parametrize(
    "data",
    [
        b"id,y\n1,0\n",
        b"PAR1",
        b"PAR1\0\0\0\0PAR1",
        b"PAR1" + b"\xff" * 100 + b"\xff\xff\xff\x7fPAR1",
        _parquet({"id": [1], "y": [0]})[:-1],
        _parquet({"id": [1], "y": [0]})[4:],
    ],
    ids=["csv", "start", "no footer", "large footer", "cut off", "headless"],
)
def test_parquet_broken(data: bytes) -> None:
    """What is no parquet file, or half of one, is malformed."""
    message = _refused(data, parquet=True)
    assert message.id == "predictions.malformed"
    assert message.params["detail"]


_PARQUET = _parquet({"id": [1, 2, 3], "y": ["yes", "no", None], "z": [0.5, None, 1]})


@settings(max_examples=80)
@given(st.lists(st.tuples(st.integers(0, 10**5), st.integers(0, 255)), min_size=1, max_size=4))
def test_parquet_damaged(edits: list[tuple[int, int]]) -> None:
    """A damaged parquet file is read within bounds or refused, never anything else."""
    data = bytearray(_PARQUET)
    for at, value in edits:
        data[at % len(data)] = value
    table = read_table(bytes(data), parquet=True, max_rows=MAX_ROWS)
    if not isinstance(table, Unreadable):
        assert 0 < table.num_rows <= MAX_ROWS
        assert all(isinstance(text, str) for column in table.columns for text in column.to_pylist())


_pieces = st.sampled_from(["id,y\n", '"', ",", "\n", "\r", "1", "0", "\ufeff", "\0", "é", " ", '""', "=", "nan"])


@given(st.lists(_pieces, max_size=12).map("".join))
def test_csv_of_anything(text: str) -> None:
    """Any text is a table of text within bounds, or refused, never anything else."""
    table = read_table(text.encode(), parquet=False, max_rows=3)
    if not isinstance(table, Unreadable):
        assert 0 < table.num_rows <= 3
        assert all(isinstance(cell, str) for column in table.columns for cell in column.to_pylist())


@given(st.binary(max_size=60))
def test_bytes_of_anything(data: bytes) -> None:
    """Any bytes are read or refused, in either format."""
    for parquet in (False, True):
        table = read_table(data, parquet=parquet, max_rows=3)
        assert isinstance(table, pa.Table) or table.message.id.startswith("predictions.")
