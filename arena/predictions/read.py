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
# What a parquet table may take in memory: a file of 4 KB can hold gigabytes, by saying one long value again and again.
FREE_BYTES = 64 * 1024**2
BYTES_PER_ROW = 128
_CELL_BYTES = 32  # a number as text, generously
_HEADER_BYTES = 65536
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
        columns = [metadata.schema.column(at) for at in range(metadata.num_columns)]
        if unreadable := _header_problem([column.path for column in columns]):
            return unreadable
        # The footer's count is a claim, but reading never gives more rows than it claims.
        if metadata.num_rows > max_rows:
            return Unreadable(Message.of("predictions.too_many_rows", count=metadata.num_rows, limit=max_rows))
        limit = FREE_BYTES + BYTES_PER_ROW * max_rows
        if detail := _footer_problem(metadata, columns, limit):
            return Unreadable(Message.of("predictions.malformed", detail=detail))
        # A column of text comes as its different values and their rows, so that its size is known before it is taken.
        texts = [column.path for column in columns if column.physical_type == "BYTE_ARRAY"]
        table = pa_parquet.ParquetFile(io.BytesIO(data), read_dictionary=texts).read(use_threads=False)
        if sum(_text_bytes(chunk) for column in table.columns for chunk in column.chunks) > limit:
            return Unreadable(Message.of("predictions.malformed", detail=_over(limit)))
        plain = [_as_text(column) for column in table.columns]
        return _bounded(pa.table(plain, names=table.column_names), max_rows)
    except (pa.ArrowException, OSError, ValueError) as error:
        return Unreadable(Message.of("predictions.malformed", detail=safe_line(str(error), 120)))


def _footer_problem(
    metadata: pa_parquet.FileMetaData, columns: Sequence[pa_parquet.ColumnSchema], limit: int
) -> str | None:
    for column in columns:
        if column.max_repetition_level > 0 or column.length > _CELL_BYTES:
            return f"the column {safe_line(column.path, 60)} holds lists or binary data"
    stored = sum(metadata.row_group(at).total_byte_size for at in range(metadata.num_row_groups))
    shown = metadata.num_rows * metadata.num_columns * _CELL_BYTES
    return _over(limit) if max(stored, shown) > limit else None


def _over(limit: int) -> str:
    return f"it takes more than {limit} bytes in memory"


def _text_bytes(chunk: pa.Array) -> int:
    if not pa.types.is_dictionary(chunk.type) or pa.types.is_primitive(chunk.type.value_type):
        return 0
    lengths = pc.binary_length(chunk.dictionary)
    return pc.sum(pc.take(lengths, chunk.indices).cast(pa.int64())).as_py() or 0


def _as_text(column: pa.ChunkedArray) -> pa.ChunkedArray:
    plain = column.cast(column.type.value_type) if pa.types.is_dictionary(column.type) else column
    if pa.types.is_boolean(plain.type):
        plain = plain.cast(pa.int8())
    text = pc.fill_null(plain.cast(pa.string()), "")
    text.validate(full=True)  # A file may call bytes text that are not UTF-8.
    return text


def _bounded(table: pa.Table, max_rows: int) -> pa.Table | Unreadable:
    if table.num_rows > max_rows:
        return Unreadable(Message.of("predictions.too_many_rows", count=table.num_rows, limit=max_rows))
    if table.num_rows == 0:
        return Unreadable(Message.of("predictions.empty"))
    return table
