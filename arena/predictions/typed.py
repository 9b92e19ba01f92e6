"""A column of predictions, or of the truth, as a library parses it: numbers as numbers, labels as a few texts.

What comes out is what reading each value as text gives (``values``), or nothing where that has something to say.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import pyarrow as pa
import pyarrow.csv as pa_csv
from numpy.typing import NDArray

from arena.model.metric import Needs, Sign
from arena.model.task import Label
from arena.predictions.values import MAX_NUMBER, Fault, dtype_of, text_parser

# Needs of one column whose values a library can parse.
TYPED = frozenset({Needs.LABEL, Needs.PROBABILITY, Needs.SCORE, Needs.NUMBER})
# What stands in a place that has no value yet; no value is one of them.
_NO_CODE, _NO_NUMBER = -1, float("nan")
_BLOCK_BYTES = 1 << 15
# Arrow's usual pool keeps several megabytes for each thread.
POOL = pa.system_memory_pool()


class TypedColumn:
    """How one column is parsed, checked and put in its places."""

    def __init__(self, needs: Needs, labels: tuple[Label, ...], sign: Sign = Sign.ANY) -> None:
        self._is_label = needs is Needs.LABEL
        self._dtype = dtype_of(needs, labels)
        self._parse = text_parser(needs, labels, sign)
        self._low, self._high = (0.0, 1.0) if needs is Needs.PROBABILITY else (-MAX_NUMBER, MAX_NUMBER)
        self._is_positive = needs is Needs.NUMBER and sign is Sign.POSITIVE
        if needs is Needs.NUMBER and sign is not Sign.ANY:
            self._low = 0.0

    @property
    def arrow_type(self) -> pa.DataType:
        """What it is parsed as."""
        return pa.dictionary(pa.int32(), pa.string()) if self._is_label else pa.float64()

    def empty(self, rows: int) -> NDArray[Any]:
        """Places without values."""
        return np.full(rows, _NO_CODE if self._is_label else _NO_NUMBER, dtype=self._dtype)

    def is_full(self, places: NDArray[Any]) -> bool:
        """Whether every place has a value."""
        least = places.min()
        return bool(least >= 0 if self._is_label else not np.isnan(least))

    def values(self, column: pa.Array) -> NDArray[Any] | None:
        """The values of a column of ``arrow_type``, or ``None`` where one of them is none."""
        if not self._is_label:
            numbers: NDArray[np.float64] = column.to_numpy()
            # Where one is not a number, neither are these, and nothing is true of them.
            low, high = numbers.min(initial=self._high), numbers.max(initial=self._low)
            within = (low > self._low if self._is_positive else low >= self._low) and high <= self._high
            return numbers if within else None
        codes = [self._parse(text.strip()) for text in column.dictionary.to_pylist()]
        if any(isinstance(code, Fault) for code in codes):
            return None
        found: NDArray[Any] = np.array(codes, dtype=self._dtype)[column.indices.to_numpy()]
        return found


def as_written(types: Mapping[str, pa.DataType]) -> pa_csv.ConvertOptions:
    """Options to parse columns of these types alone, in which no text stands for a missing value."""
    return pa_csv.ConvertOptions(
        column_types=dict(types), include_columns=list(types), null_values=[], strings_can_be_null=False
    )


def batches(source: BinaryIO | Path, types: Mapping[str, pa.DataType]) -> Iterator[pa.RecordBatch]:
    """The task's own table, of any size, in small pieces: the reader keeps dozens of blocks ahead of whoever asks.

    Raises:
        pa.ArrowException: it is no table with these columns and types, or a line of it is longer than a block.
    """
    with pa_csv.open_csv(
        source,
        read_options=pa_csv.ReadOptions(use_threads=False, block_size=_BLOCK_BYTES),
        parse_options=pa_csv.ParseOptions(newlines_in_values=True),
        convert_options=as_written(types),
        memory_pool=POOL,
    ) as reader:
        yield from reader
