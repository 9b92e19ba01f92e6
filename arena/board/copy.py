"""Make one ledger hold what another one holds: the same names, the same bytes."""

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from arena.board.interface import NAME, Entry, Ledger

_CHUNK = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Copied:
    """How much was new in the target, how much was there, and what was left out since no record has such a name."""

    entries: int
    present: int
    checkpoints: int
    left_out: tuple[str, ...]


def copy(source: Ledger, target: Ledger, *, tick: Callable[[int], object] = lambda _: None) -> Copied:
    """Put every entry and checkpoint of ``source`` into ``target``; ``tick`` is called with 1 for each entry.

    Raises:
        InfrastructureError: the target has other bytes under one of the names; what was copied until then stays.
    """
    made, seen, left_out = 0, 0, []

    def named() -> Iterator[Entry]:
        for entry in source.entries():
            tick(1)
            if NAME.fullmatch(entry.name):
                yield entry
            else:
                left_out.append(entry.place)

    entries = named()
    while chunk := list(itertools.islice(entries, _CHUNK)):
        made += target.put_all(chunk)
        seen += len(chunk)
    checkpoints = sum(target.put_checkpoint(name, data) for name, data in source.checkpoints())
    return Copied(entries=made, present=seen - made, checkpoints=checkpoints, left_out=tuple(left_out))
