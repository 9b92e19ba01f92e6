"""Read a hostile table of predictions into columns of text, within bounds.

Only the named columns' text is kept; nothing is interpreted here. pyarrow reads both formats: it is strict about the
number of fields in a row, and takes quotes, CRLF and a byte-order mark as people's spreadsheets write them.
"""

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
import pyarrow.parquet as pa_parquet

from arena.model.message import Message
from arena.model.safe_text import safe_line

MAX_COLUMNS = 256
# What a table may take in memory, as text. A parquet file of 4 KB can say that it holds gigabytes, and mean it.
MAX_TEXT_BYTES = 256 * 1024**2
_HEADER_BYTES = 65536
_WIDEST_NUMBER = 32
_BOM = b"\xef\xbb\xbf"
_ROW = re.compile(r"Row #(\d+): Expected (\d+) columns, got (\d+)")


@dataclass(frozen=True, slots=True)
class Unreadable:
    """Why the bytes are no table."""

    message: Message


def read_table(data: bytes, *, parquet: bool, max_rows: int) -> pa.Table | Unreadable:
    """Return the table with every column as text, in the file's order, or the reason why there is none.

    Numbers of a parquet file become their shortest exact decimal text, so that both formats meet one contract.
    """
    if not data:
        return Unreadable(Message.of("predictions.empty"))
    return _read_parquet(data, max_rows) if parquet else _read_csv(data, max_rows)


def _read_csv(data: bytes, max_rows: int) -> pa.Table | Unreadable:
    body = data.removeprefix(_BOM)
    if unreadable := _not_text(body):
        return unreadable
    start = io.StringIO(body[:_HEADER_BYTES].decode("utf-8", "ignore"), newline="")
    names = next(filter(None, csv.reader(start)), [])
    if unreadable := _header_problem(names):
        return unreadable
    if len(body) > _HEADER_BYTES and not start.read(1):
        return Unreadable(Message.of("predictions.malformed", detail=f"its header is over {_HEADER_BYTES} bytes long"))
    try:
        table = pa_csv.read_csv(
            io.BytesIO(body),
            # The header must fit into one block: a million columns would take gigabytes.
            read_options=pa_csv.ReadOptions(use_threads=False, block_size=2 * _HEADER_BYTES),
            parse_options=pa_csv.ParseOptions(newlines_in_values=b'"' in body),
            convert_options=pa_csv.ConvertOptions(
                column_types={name: pa.string() for name in names}, strings_can_be_null=False
            ),
        )
    except pa.ArrowInvalid as error:
        return Unreadable(_csv_problem(str(error)))
    return _bounded(table, max_rows)


def _header_problem(names: Sequence[str]) -> Unreadable | None:
    if not names:
        return Unreadable(Message.of("predictions.empty"))
    if len(names) > MAX_COLUMNS:
        return Unreadable(Message.of("predictions.too_many_columns", count=len(names), limit=MAX_COLUMNS))
    if len(set(names)) != len(names):
        twice = next(name for name in names if names.count(name) > 1)
        return Unreadable(Message.of("predictions.column_twice", column=safe_line(twice, 60)))
    return None


def _not_text(body: bytes) -> Unreadable | None:
    if body.startswith((b"PAR1", b"PK\x03\x04", b"\x1f\x8b")):
        return Unreadable(Message.of("predictions.not_csv"))
    try:
        body.decode("utf-8")
    except UnicodeDecodeError as error:
        line = body[: error.start].count(b"\n") + 1
        return Unreadable(Message.of("predictions.not_utf8", line=line, byte=f"0x{body[error.start]:02x}"))
    if (position := body.find(b"\0")) >= 0:
        return Unreadable(Message.of("predictions.not_utf8", line=body[:position].count(b"\n") + 1, byte="0x00"))
    return None


def _csv_problem(text: str) -> Message:
    if match := _ROW.search(text):
        line, expected, got = (int(group) for group in match.groups())
        return Message.of("predictions.ragged", line=line, expected=expected, got=got)
    if "Empty CSV" in text:
        return Message.of("predictions.empty")
    return Message.of("predictions.malformed", detail=safe_line(text, 120))


def _read_parquet(data: bytes, max_rows: int) -> pa.Table | Unreadable:
    try:
        metadata = pa_parquet.read_metadata(io.BytesIO(data))
        if unreadable := _header_problem([metadata.schema.column(at).path for at in range(metadata.num_columns)]):
            return unreadable
        # The footer's count is a claim, but reading never gives more rows than it claims.
        if metadata.num_rows > max_rows:
            return Unreadable(Message.of("predictions.too_many_rows", count=metadata.num_rows, limit=max_rows))
        if detail := _footer_problem(metadata):
            return Unreadable(Message.of("predictions.malformed", detail=detail))
        # Text stays as in the file, each value once, until its length is known.
        texts = [name for name, kind in _kinds(metadata) if kind == "BYTE_ARRAY"]
        table = pa_parquet.ParquetFile(io.BytesIO(data), read_dictionary=texts).read(use_threads=False)
        if sum(_text_bytes(column) for column in table.columns) > MAX_TEXT_BYTES:
            return Unreadable(Message.of("predictions.malformed", detail=_TOO_LONG))
        columns = [_as_text(column) for column in table.columns]
        return _bounded(pa.table(columns, names=table.column_names), max_rows)
    except (pa.ArrowException, OSError, ValueError) as error:
        return Unreadable(Message.of("predictions.malformed", detail=safe_line(str(error), 120)))


def _bounded(table: pa.Table, max_rows: int) -> pa.Table | Unreadable:
    if table.num_rows > max_rows:
        return Unreadable(Message.of("predictions.too_many_rows", count=table.num_rows, limit=max_rows))
    if table.num_rows == 0:
        return Unreadable(Message.of("predictions.empty"))
    return table
