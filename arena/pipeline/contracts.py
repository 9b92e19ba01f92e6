"""What a task expects of predictions, from its public files alone."""

import csv
import functools
import io

from arena.errors import TaskError
from arena.metrics.table import metrics_of
from arena.model.metric import Sign
from arena.model.task import Task
from arena.predictions.contract import Contract, canonical_id

# A table of long texts is no reason to fail: csv's own limit is 128 KiB a cell.
_LONGEST_CELL = 2**31 - 1


@functools.lru_cache(maxsize=16)
def _ids(table: bytes, column: str) -> tuple[str, ...]:
    """The ids of the test table's rows, read once for all submissions to a task."""
    csv.field_size_limit(_LONGEST_CELL)
    lines = io.StringIO(table.decode("utf-8-sig"), newline="")
    return tuple(canonical_id(row[column] or "") for row in csv.DictReader(lines))


def contract_of(task: Task) -> Contract:
    """What the task expects of a table of predictions, from its public files.

    Raises:
        TaskError: the test table cannot be read, or its rows cannot be told apart by their ids.
    """
    try:
        ids = _ids((task.public_dir / task.data.test).read_bytes(), task.data.id)
    except (OSError, KeyError, UnicodeDecodeError, csv.Error) as error:
        raise TaskError("task.public_unusable", task=task.id, file=f"public/{task.data.test}") from error
    if not ids or "" in ids or len(set(ids)) != len(ids):
        raise TaskError("task.public_unusable", task=task.id, file=f"public/{task.data.test}")
    return Contract(
        id_column=task.data.id,
        columns=task.data.predicted,
        ids=ids,
        needs=task.data.needs,
        labels=task.data.labels,
        sign=max((metric.sign for metric in metrics_of(task)), key=list(Sign).index),
    )
