"""From the bytes of a table of predictions to aligned values, or to every reason why there are none."""

from typing import BinaryIO

from arena.predictions.contract import Contract, Invalid, Predictions, check
from arena.predictions.quick import read_quickly
from arena.predictions.read import Unreadable, read_table


def accept(source: BinaryIO, contract: Contract, *, parquet: bool) -> Predictions | Invalid:
    """Read a hostile table and hold it against the contract: quickly where it is plain, else as text.

    Both ways give the same values; only the second one has messages. ``source`` can be read twice.
    """
    if not parquet and (found := read_quickly(source, contract)):
        return found
    source.seek(0)
    table = read_table(source.read(), parquet=parquet, max_rows=contract.max_rows)
    return Invalid((table.message,)) if isinstance(table, Unreadable) else check(table, contract)
