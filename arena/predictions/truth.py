"""Read the whole hidden split as columns: every true value, and whether its row is public, in the contract's order."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, BinaryIO

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from arena.predictions.contract import Contract
from arena.predictions.ids import IntegerIds, whole_numbers
from arena.predictions.typed import TYPED, TypedColumn, batches


@dataclass(frozen=True, slots=True, kw_only=True)
class Truth:
    """``values`` are what predictions are compared with, of shape (rows,) or (rows, targets)."""

    values: NDArray[Any]
    is_public: NDArray[np.bool_]


def read_truth(
    source: BinaryIO, contract: Contract, *, target: str, split: str, splits: Mapping[str, bool]
) -> Truth | None:
    """Read answers of whole numbers as ids and one target; ``None`` where they have to be read as text.

    ``split`` is the column that says which rows are public, by the texts in ``splits``.
    """
    if not isinstance(contract.ids, IntegerIds) or contract.needs.truth not in TYPED:
        return None
    column = TypedColumn(contract.needs.truth, contract.labels)
    types = {contract.id_column: pa.string(), target: column.arrow_type, split: pa.string()}
    values, is_public = column.empty(len(contract.ids)), np.zeros(len(contract.ids), dtype=np.bool_)
    rows = 0
    try:
        for batch in batches(source, types):
            places = contract.ids.all_rows_of(whole_numbers(batch.column(contract.id_column)))
            found, public = column.values(batch.column(target)), _is_public(batch.column(split), splits)
            if places is None or found is None or public is None:
                return None
            rows += len(places)
            values[places], is_public[places] = found, public
    except (pa.ArrowException, ValueError):
        return None
    if rows != len(values) or not column.is_full(values):
        return None
    return Truth(values=values, is_public=is_public)


def _is_public(texts: pa.Array, splits: Mapping[str, bool]) -> NDArray[np.bool_] | None:
    public = pc.is_in(texts, pa.array([text for text, is_public in splits.items() if is_public]))
    private = pc.is_in(texts, pa.array([text for text, is_public in splits.items() if not is_public]))
    if not pc.all(pc.or_(public, private)).as_py():
        return None
    found: NDArray[np.bool_] = public.to_numpy(zero_copy_only=False)
    return found
