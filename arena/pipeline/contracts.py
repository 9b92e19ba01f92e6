"""What a task expects of predictions, from its public files alone."""

import csv

from arena.errors import TaskError
from arena.metrics.table import METRICS
from arena.model.task import Task
from arena.predictions.contract import Contract, canonical_id


def contract_of(task: Task) -> Contract:
    """What the task expects of a table of predictions, from its public files."""
    path = task.public_dir / task.data.test
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            ids = tuple(canonical_id(row[task.data.id]) for row in csv.DictReader(file))
    except (OSError, KeyError, UnicodeDecodeError) as error:
        raise TaskError("task.public_unusable", task=task.id, file=f"public/{task.data.test}") from error
    return Contract(
        id_column=task.data.id,
        target=task.data.target[0],
        ids=ids,
        needs=METRICS[task.metric].needs,
        labels=task.data.labels,
    )
