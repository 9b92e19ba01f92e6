"""What a task expects of predictions, from its public files alone."""

import csv
import functools
import io
from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa

from arena.errors import TaskError
from arena.files import content_key
from arena.metrics.table import metrics_of
from arena.model.metric import Sign
from arena.model.task import Task
from arena.predictions.contract import Contract, canonical_id
from arena.predictions.ids import IntegerIds, as_ids, gathered, whole_numbers
from arena.predictions.typed import batches

# A table of long texts is no reason to fail: csv's own limit is 128 KiB a cell.
_LONGEST_CELL = 2**31 - 1


@functools.lru_cache(maxsize=16)
def _ids(path: Path, content: str, column: str) -> Sequence[str]:
    """The ids of the test table's rows, read once for all submissions to a task."""
    del content
    return _integers(path, column) or _texts(path, column)


def _integers(path: Path, column: str) -> IntegerIds | None:
    """Ids that are whole numbers each in its one spelling, read as such; ``None`` for any others."""
    try:
        return gathered(whole_numbers(batch.column(0)) for batch in batches(path, {column: pa.string()}))
    except (pa.ArrowException, ValueError):
        return None


def _texts(path: Path, column: str) -> Sequence[str]:
    csv.field_size_limit(_LONGEST_CELL)
    lines = io.StringIO(path.read_bytes().decode("utf-8-sig"), newline="")
    return as_ids(canonical_id(row[column] or "") for row in csv.DictReader(lines))


def contract_of(task: Task) -> Contract:
    """What the task expects of a table of predictions, from its public files.

    Raises:
        TaskError: the test table cannot be read, or its rows cannot be told apart by their ids.
    """
    path = task.public_dir / task.data.test
    try:
        ids = _ids(path, content_key(path), task.data.id)
    except (OSError, KeyError, UnicodeDecodeError, csv.Error) as error:
        raise TaskError("task.public_unusable", task=task.id, file=f"public/{task.data.test}") from error
    if not ids or (not isinstance(ids, IntegerIds) and ("" in ids or len(set(ids)) != len(ids))):
        raise TaskError("task.public_unusable", task=task.id, file=f"public/{task.data.test}")
    return Contract(
        id_column=task.data.id,
        columns=task.data.predicted,
        ids=ids,
        needs=task.data.needs,
        labels=task.data.labels,
        sign=max((metric.sign for metric in metrics_of(task)), key=list(Sign).index),
    )
