"""The quick way to read a large table of one predicted column: typed columns, block by block, never as text.

It takes the plainest of tables alone: whole numbers as ids, in their one spelling; no quotes; numbers, or labels. On
such a table it gives exactly what reading as text gives (``read`` and ``contract``), and on any other nothing: then the
table is read as text, which has a message for everything that may be wrong with it.

Two threads parse chunks of lines and put values in their places, in any order. That a place is filled is all the sign
there is that its id was there: as many rows as ids, and no place left over, mean that each id stood once.
"""

from concurrent.futures import ThreadPoolExecutor
from threading import Lock
from typing import BinaryIO

import numpy as np
import pyarrow as pa
import pyarrow.csv as pa_csv

from arena.predictions.contract import Contract, Predictions
from arena.predictions.ids import IntegerIds
from arena.predictions.typed import POOL, TYPED, TypedColumn, as_written

# A longer header, or a longer line, is for the other way to judge.
_LONGEST_LINE = 4096
# Of each chunk, what is parsed at once: it stays in a core's own cache, and a call for each would cost as much again.
_BLOCK_BYTES = 1 << 18
_BOM = b"\xef\xbb\xbf"


def read_quickly(source: BinaryIO, contract: Contract, *, chunk_bytes: int = 1 << 19) -> Predictions | None:
    """Read, check and align a CSV table; ``None`` where it has to be read as text."""
    if not isinstance(contract.ids, IntegerIds) or contract.needs not in TYPED:
        return None
    if (names := _names(source.readline(_LONGEST_LINE), contract)) is None:
        return None
    table, lines = _Table(contract, contract.ids, names), _Lines(source, chunk_bytes)
    first = lines.next(own := lines.buffer())
    if lines.is_read:
        rows = table.fill(lines, own, first)
    else:
        with ThreadPoolExecutor(1) as other:
            theirs = other.submit(table.fill, lines, lines.buffer())
            rows = table.fill(lines, own, first) + theirs.result()
    return table.whole(rows) if lines.are_plain else None


class _Lines:
    """Chunks of whole lines for two threads to take from. It is over for both when one meets what is not plain."""

    def __init__(self, source: BinaryIO, chunk_bytes: int) -> None:
        self._source, self._chunk_bytes = source, chunk_bytes
        self._rest = b""
        self._lock = Lock()
        self.is_read, self.are_plain = False, True

    def buffer(self) -> bytearray:
        """Room for one chunk and the part of a line that the one before it ended with; used again for each chunk."""
        return bytearray(self._chunk_bytes + _LONGEST_LINE)

    def next(self, buffer: bytearray) -> int:
        """Put the next whole lines into ``buffer``; return how many bytes they are, 0 at the end."""
        with self._lock, memoryview(buffer) as view:
            if self.is_read or not self.are_plain:
                return 0
            filled, whole = len(self._rest), 0
            view[:filled] = self._rest
            while not (whole or self.is_read) and filled <= _LONGEST_LINE:
                wanted = filled + self._chunk_bytes
                filled += self._source.readinto(view[filled:wanted])  # type: ignore[attr-defined] # a file has it
                self.is_read = filled < wanted
                whole = filled if self.is_read else buffer.rfind(b"\n", 0, filled) + 1
            self._rest = bytes(view[whole:filled])
            self.are_plain = len(self._rest) <= _LONGEST_LINE
            return whole if self.are_plain else 0


class _Table:
    """A place for each prediction, and how chunks of lines come to their places."""

    def __init__(self, contract: Contract, ids: IntegerIds, names: tuple[str, str]) -> None:
        self._column, self._ids = TypedColumn(contract.needs, contract.labels, contract.sign), ids
        self._names = contract.id_column, contract.columns[0]
        # Every id comes after one of these.
        self._before_id = b"\n" if names[0] == contract.id_column else b","
        self._read = pa_csv.ReadOptions(use_threads=False, column_names=list(names), block_size=_BLOCK_BYTES)
        self._convert = as_written({contract.id_column: pa.int64(), contract.columns[0]: self._column.arrow_type})
        self._places = self._column.empty(len(ids))

    def fill(self, lines: _Lines, buffer: bytearray, filled: int = 0) -> int:
        """Put the predictions of each chunk in their places, until there is one that is not plain; return how many.

        The first ``filled`` bytes of ``buffer`` are a chunk already.
        """
        rows = 0
        while size := filled or lines.next(buffer):
            filled, found = 0, self._put(buffer, size)
            rows += found or 0
            if found is None or rows > len(self._places):
                lines.are_plain = False
        return rows

    def whole(self, rows: int) -> Predictions | None:
        """The predictions, if so many rows have left no place over."""
        is_whole = rows == len(self._places) and self._column.is_full(self._places)
        return Predictions(self._places) if is_whole else None

    def _put(self, buffer: bytearray, size: int) -> int | None:
        if not _is_plain(buffer, size, self._before_id):
            return None
        try:
            table = pa_csv.read_csv(
                pa.py_buffer(buffer).slice(0, size),
                read_options=self._read,
                convert_options=self._convert,
                memory_pool=POOL,
            )
        except pa.ArrowException:
            return None
        for batch in table.to_batches():
            ids, predictions = (batch.column(name) for name in self._names)
            places, values = self._ids.all_rows_of(ids.to_numpy()), self._column.values(predictions)
            if places is None or values is None:
                return None
            self._places[places] = values
        return int(table.num_rows)


def _names(header: bytes, contract: Contract) -> tuple[str, str] | None:
    """The columns in the table's order, where the header is one of the ways in which programs write these two."""
    both = (contract.id_column, *contract.columns)
    if any(mark in name for name in both for mark in ',"\r\n'):
        return None
    line = header.removeprefix(_BOM).removesuffix(b"\n").removesuffix(b"\r")
    for first, second in (both, both[::-1]):
        if line in {f"{first},{second}".encode(), f'"{first}","{second}"'.encode()}:
            return first, second
    return None


def _is_plain(buffer: bytearray, size: int, before_id: bytes) -> bool:
    """Whether the lines, ``size`` bytes, are such that typed columns and text cannot differ.

    No quotes, no NUL; line ends of one sort; no long line; and each id begins with a digit that is no zero, or is 0. So
    there is no sign, space, zero or "0x" before an id, which typed columns would take for another spelling of it.
    """
    if any(buffer.find(mark, 0, size) >= 0 for mark in (b'"', b"\0")):
        return False
    if buffer.find(b"\r", 0, size) >= 0 and buffer.count(b"\r", 0, size) != buffer.count(b"\r\n", 0, size):
        return False
    data = np.frombuffer(buffer, dtype=np.uint8, count=size)
    ends = data == ord("\n")
    whole = size // _LONGEST_LINE * _LONGEST_LINE
    if not ends[:whole].reshape(-1, _LONGEST_LINE).any(axis=1).all():
        return False
    before = ends if before_id == b"\n" else data == ord(before_id)
    # The first line's id comes after no line end, and after a comma like the others.
    is_odd = data < ord("1")
    is_odd[1:] &= before[:-1]
    is_odd[:1] &= before_id == b"\n"
    starts = np.flatnonzero(is_odd)
    # Only one id is 0, so more of these cannot all be good.
    after = b"," if before_id == b"\n" else b"\r\n"
    return len(starts) <= 1 and all(_is_zero(buffer, size, int(start), after) for start in starts)


def _is_zero(buffer: bytearray, size: int, start: int, after: bytes) -> bool:
    return buffer[start : start + 1] == b"0" and bytes(buffer[start + 1 : min(start + 2, size)] or b"\n") in after
