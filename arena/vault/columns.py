"""Answers as columns of numbers, kept beside the vault's text and mapped into memory: no grader reads the text again.

A cache, and nothing else: whatever is missing, damaged or made of other content is made anew from the text. The file is
Arrow's (https://arrow.apache.org/docs/format/Columnar.html#ipc-file-format). Its metadata hold the key of what it was
made from and a checksum of its columns, which is tried once for each state of the file.
"""

import contextlib
import functools
import mmap
import zlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from arena.files import state_of, write_atomic

Columns = Mapping[str, NDArray[Any]]


def cached(path: Path, key: str, make: Callable[[], Columns]) -> Columns:
    """The columns kept at ``path`` under ``key``, made and kept there unless they are.

    Columns are one-dimensional and of equal length, of numbers or truths. Those that come from the file are read-only.
    """
    found = _kept(path, key)
    if found is None:
        made = make()
        # Whoever cannot keep them, on a full disk say, has them all the same.
        with contextlib.suppress(OSError):
            write_atomic(path, _packed(made, key), mode=0o600)
        found = _kept(path, key) or made
    return found


def _kept(path: Path, key: str) -> Columns | None:
    try:
        return _mapped(path, state_of(path), key)
    except (OSError, pa.ArrowException, KeyError, ValueError):
        return None


@functools.lru_cache(maxsize=4)
def _mapped(path: Path, state: tuple[int, ...], key: str) -> Columns:
    """The file's columns; ``state`` is there so that a file that was changed is looked at again."""
    del state
    with path.open("rb") as file:
        mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    table = pa.ipc.open_file(pa.py_buffer(mapped)).read_all()
    columns = {name: _array(table.column(name)) for name in table.column_names}
    metadata = table.schema.metadata or {}
    if metadata[b"key"] != key.encode() or metadata[b"crc32"] != str(_checksum(columns)).encode():
        raise ValueError("made of something else, or damaged")
    # The checksum has read all of it, and a submission that is read now needs the room.
    mapped.madvise(mmap.MADV_DONTNEED)
    return columns


def _array(column: pa.ChunkedArray) -> NDArray[Any]:
    (chunk,) = column.chunks
    array: NDArray[Any] = chunk.to_numpy(zero_copy_only=True)
    # Arrow packs truths into bits; so that they can be mapped they are kept as bytes.
    return array.view(np.bool_) if array.dtype == np.uint8 else array


def _packed(columns: Columns, key: str) -> bytes:
    arrays = {name: array.view(np.uint8) if array.dtype == np.bool_ else array for name, array in columns.items()}
    metadata = {"key": key, "crc32": str(_checksum(columns))}
    table = pa.table(arrays).replace_schema_metadata(metadata)
    sink = pa.BufferOutputStream()
    with pa.ipc.new_file(sink, table.schema) as writer:
        writer.write_table(table)
    return bytes(sink.getvalue())


def _checksum(columns: Columns) -> int:
    total = 0
    for name in sorted(columns):
        total = zlib.crc32(name.encode(), total)
        total = zlib.crc32(pa.py_buffer(np.ascontiguousarray(columns[name])), total)
    return total
