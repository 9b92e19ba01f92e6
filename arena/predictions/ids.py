"""Ids that are whole numbers, kept as numbers: ten million of them as text would take a gigabyte.

A submission's rows find their places by one look into a table by id, where the ids lie close enough together, and else
by binary search. Text is made only of those ids that a message names.
"""

import functools
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import overload

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

Numbers = NDArray[np.int64]

# The one spelling that an id has as text: no zeros before it, no plus, no space.
_CANONICAL = re.compile(r"0|-?[1-9][0-9]{0,17}")
_BEYOND = 10**18
# How many places a table may have for each id.
_SPARSEST = 4


class IntegerIds(Sequence[str]):
    """Distinct whole numbers in a fixed order; as a sequence, their texts."""

    def __init__(self, numbers: Numbers | range) -> None:
        """Take the ids in their order.

        Raises:
            ValueError: there are none, or one stands twice.
        """
        if not len(numbers):
            raise ValueError("no ids")
        self._numbers: Numbers | None = None
        self._table: NDArray[np.int32] | None = None
        self._sorted: tuple[Numbers, Numbers] | None = None
        self._count = len(numbers)
        if isinstance(numbers, range):
            self._low = numbers.start
        else:
            self._low = int(numbers.min())
            self._scatter(numbers)

    def _scatter(self, numbers: Numbers) -> None:
        span = int(numbers.max()) - self._low + 1
        if span == self._count and np.all(numbers[1:] > numbers[:-1]):
            return
        if span <= _SPARSEST * self._count:
            self._table = np.full(span, -1, dtype=np.int32)
            self._table[numbers - self._low] = np.arange(self._count, dtype=np.int32)
            distinct = int(np.count_nonzero(self._table >= 0))
        else:
            order = np.argsort(numbers, kind="stable")
            self._sorted = numbers[order], order
            distinct = 1 + int(np.count_nonzero(np.diff(self._sorted[0])))
        if distinct != self._count:
            raise ValueError("an id stands twice")

    def __len__(self) -> int:
        return self._count

    @overload
    def __getitem__(self, at: int) -> str: ...
    @overload
    def __getitem__(self, at: slice) -> "tuple[str, ...]": ...
    def __getitem__(self, at: int | slice) -> "str | tuple[str, ...]":
        found = self.numbers()[at]
        return tuple(map(str, found.tolist())) if isinstance(found, np.ndarray) else str(found)

    def __iter__(self) -> Iterator[str]:
        return map(str, self.numbers().tolist())

    def numbers(self) -> Numbers:
        """The ids as numbers, in their order; made anew from the table when they are first asked for."""
        if self._numbers is None:
            self._numbers = self._made()
        return self._numbers

    def all_rows_of(self, ids: Numbers) -> Numbers | None:
        """The place of each of ``ids``, or ``None`` where one of them is none of these."""
        if self._sorted is None and self._table is None and len(ids):
            rows = ids - self._low
            return rows if rows.view(np.uint64).max() < self._count else None
        rows = self.rows_of(ids)
        return rows if rows.min(initial=0) >= 0 else None

    def rows_of(self, ids: Numbers) -> Numbers:
        """The place of each of ``ids``, -1 where it is none of these."""
        if self._sorted is not None:
            known, order = self._sorted
            at = np.minimum(np.searchsorted(known, ids), self._count - 1)
            return np.where(known[at] == ids, order[at], -1)
        at = ids - self._low
        span = self._count if self._table is None else len(self._table)
        # An id far below wraps around and is then far above: unsigned, both are outside.
        inside = at.view(np.uint64) < span
        if self._table is None:
            return at if inside.all() else np.where(inside, at, -1)
        rows: Numbers = self._table[np.where(inside, at, 0)].astype(np.int64)
        return np.where(inside, rows, -1)

    def _made(self) -> Numbers:
        if self._sorted is not None:
            known, order = self._sorted
            numbers = np.empty_like(known)
            numbers[order] = known
            return numbers
        if self._table is None:
            return np.arange(self._low, self._low + self._count)
        (there,) = np.nonzero(self._table >= 0)
        numbers = np.empty(self._count, dtype=np.int64)
        numbers[self._table[there]] = there + self._low
        return numbers


def finder(ids: Sequence[str]) -> Callable[[Sequence[str]], Numbers]:
    """A function from names, in their one spelling, to their places among ``ids``; -1 where a name is none of them."""
    if isinstance(ids, IntegerIds):
        return functools.partial(_rows_of_texts, ids)
    position = {name: row for row, name in enumerate(ids)}
    return lambda names: np.fromiter((position.get(name, -1) for name in names), dtype=np.int64, count=len(names))


def _rows_of_texts(ids: IntegerIds, names: Sequence[str]) -> Numbers:
    whole = np.array([_CANONICAL.fullmatch(name) is not None for name in names], dtype=np.bool_)
    numbers = [int(name) if is_whole else 0 for name, is_whole in zip(names, whole.tolist(), strict=True)]
    return np.where(whole, ids.rows_of(np.array(numbers, dtype=np.int64)), -1)


def whole_numbers(column: pa.Array) -> Numbers:
    """Texts as numbers.

    Raises:
        ValueError: not each of them is the one spelling of its number.
    """
    numbers = pc.cast(column, pa.int64())  # What it raises is a ValueError, too.
    found: Numbers = numbers.to_numpy()
    in_reach = found.min(initial=0) > -_BEYOND and found.max(initial=0) < _BEYOND
    if not in_reach or not pc.all(pc.equal(pc.cast(numbers, pa.string()), column), min_count=0).as_py():
        raise ValueError("an id is no whole number in its one spelling")
    return found


def gathered(parts: Iterable[Numbers]) -> IntegerIds:
    """The ids of all parts in their order; while one follows the other, none of them takes any memory.

    Raises:
        ValueError: there are none, or one stands twice.
    """
    run, others = range(0), list[Numbers]()
    for part in parts:
        follows = not others and (not run or part[0] == run.stop) and np.all(part[1:] == part[:-1] + 1)
        if follows:
            run = range(run.start if run else int(part[0]), int(part[-1]) + 1)
        else:
            others.append(part)
    return IntegerIds(np.concatenate([np.array(run, dtype=np.int64), *others]) if others else run)


def as_ids(names: Iterable[str]) -> Sequence[str]:
    """Ids in their one spelling, as numbers where all of them are."""
    texts = tuple(names)
    if texts and all(map(_CANONICAL.fullmatch, texts)) and len(set(texts)) == len(texts):
        return IntegerIds(np.array([int(text) for text in texts], dtype=np.int64))
    return texts
