"""The quick way to read a large table of one predicted column: typed columns, block by block, never as text.

It takes the plainest of tables alone: whole numbers as ids, in their one spelling; no quotes; numbers, or labels. On
such a table it gives exactly what reading as text gives (``read`` and ``contract``), and on any other nothing: then the
table is read as text, which has a message for everything that may be wrong with it.

Two threads parse chunks of lines and put values in their places, in any order. That a place is filled is all the sign
there is that its id was there: as many rows as ids, and no place left over, mean that each id stood once.
"""

import itertools
from collections.abc import Iterator
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
_BOM = b"\xef\xbb\xbf"


def read_quickly(source: BinaryIO, contract: Contract, *, chunk_bytes: int = 1 << 18) -> Predictions | None:
    """Read, check and align a CSV table; ``None`` where it has to be read as text."""
    if not isinstance(contract.ids, IntegerIds) or contract.needs not in TYPED:
        return None
    if (names := _names(source.readline(_LONGEST_LINE), contract)) is None:
        return None
    table, chunks = _Table(contract, contract.ids, names), _chunks(source, chunk_bytes)
    begun = list(itertools.islice(chunks, 2))
    shared = _Shared(itertools.chain(begun, chunks))
    if len(begun) <= 1:
        rows = table.fill(shared)
    else:
        with ThreadPoolExecutor(1) as other:
            theirs = other.submit(table.fill, shared)
            rows = table.fill(shared) + theirs.result()
    return table.whole(rows) if not shared.is_over else None


class _Shared:
    """Chunks for two threads to take from. It is over for both when one of them meets what is not plain."""

    def __init__(self, chunks: Iterator[bytearray]) -> None:
        self._chunks, self._lock = chunks, Lock()
        self.is_over = False

    def __iter__(self) -> Iterator[bytearray]:
        return self

    def __next__(self) -> bytearray:
        with self._lock:
            if self.is_over:
                raise StopIteration
            return next(self._chunks)


class _Table:
    """A place for each prediction, and how chunks of lines come to their places."""

    def __init__(self, contract: Contract, ids: IntegerIds, names: tuple[str, str]) -> None:
        self._column, self._ids = TypedColumn(contract.needs, contract.labels, contract.sign), ids
        self._names = contract.id_column, contract.columns[0]
        # Every id comes after one of these.
        self._before_id = b"\n" if names[0] == contract.id_column else b","
        self._read = pa_csv.ReadOptions(use_threads=False, column_names=list(names))
        self._convert = as_written({contract.id_column: pa.int64(), contract.columns[0]: self._column.arrow_type})
        self._places = self._column.empty(len(ids))

    def fill(self, chunks: _Shared) -> int:
        """Put the predictions of each chunk in their places, until there is one that is not plain; return how many."""
        rows = 0
        for chunk in chunks:
            found = self._put(chunk)
            rows += found or 0
            if found is None or rows > len(self._places):
                chunks.is_over = True
        return rows

    def whole(self, rows: int) -> Predictions | None:
        """The predictions, if so many rows have left no place over."""
        is_whole = rows == len(self._places) and self._column.is_full(self._places)
        return Predictions(self._places) if is_whole else None

    def _put(self, chunk: bytearray) -> int | None:
        if not _is_plain(chunk, self._before_id):
            return None
        try:
            table = pa_csv.read_csv(
                pa.py_buffer(chunk), read_options=self._read, convert_options=self._convert, memory_pool=POOL
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


def _chunks(source: BinaryIO, chunk_bytes: int) -> Iterator[bytearray]:
    """The rest of the file in whole lines; of a line that is too long to be plain only a part."""
    rest = b""
    while len(rest) <= 2 * _LONGEST_LINE:
        chunk = bytearray(len(rest) + chunk_bytes)
        chunk[: len(rest)] = rest
        with memoryview(chunk) as view:
            filled = len(rest) + source.readinto(view[len(rest) :])  # type: ignore[attr-defined] # a file has it
        if filled == len(rest):
            break
        whole = chunk.rfind(b"\n", 0, filled) + 1
        rest = bytes(chunk[whole:filled])
        del chunk[whole:]
        if chunk:
            yield chunk
    if rest:
        yield bytearray(rest)


def _is_plain(chunk: bytearray, before_id: bytes) -> bool:
    """Whether the lines are such that typed columns and text cannot differ.

    No quotes, no NUL; line ends of one sort; no long line; and each id begins with a digit that is no zero, or is 0. So
    there is no sign, space, zero or "0x" before an id, which typed columns would take for another spelling of it.
    """
    if b'"' in chunk or b"\0" in chunk or (b"\r" in chunk and chunk.count(b"\r") != chunk.count(b"\r\n")):
        return False
    data = np.frombuffer(chunk, dtype=np.uint8)
    ends = data == ord("\n")
    whole = len(ends) // _LONGEST_LINE * _LONGEST_LINE
    if not ends[:whole].reshape(-1, _LONGEST_LINE).any(axis=1).all():
        return False
    before = ends if before_id == b"\n" else data == ord(before_id)
    starts = np.flatnonzero(before[:-1] & (data[1:] < ord("1"))) + 1
    if before_id == b"\n" and chunk[0] < ord("1"):
        starts = np.append(starts, 0)
    # Only one id is 0, so more of these cannot all be good.
    after = b"," if before_id == b"\n" else b"\r\n"
    return len(starts) <= 1 and all(_is_zero(chunk, int(start), after) for start in starts)


def _is_zero(chunk: bytearray, start: int, after: bytes) -> bool:
    return chunk[start : start + 1] == b"0" and bytes(chunk[start + 1 : start + 2] or b"\n") in after
