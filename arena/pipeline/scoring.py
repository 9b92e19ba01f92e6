"""Open the answers and score a table that already fits the contract. No submitted code runs in this process, ever."""

import numpy as np

from arena.errors import TaskError
from arena.metrics.splits import score_splits
from arena.metrics.table import metrics_of
from arena.model.task import Task
from arena.pipeline.contracts import contract_of
from arena.predictions.contract import Predictions, canonical_id, encode
from arena.vault.plain import PlainVault


def score(predictions: Predictions, task: Task, vault: PlainVault) -> dict[str, dict[str, float]]:
    """Scores by split and metric.

    Raises:
        TaskError: the answers or a metric cannot be used.
    """
    contract, answers = contract_of(task), vault.answers(task)
    position = {canonical_id(name): row for row, name in enumerate(answers.ids)}
    if set(position) != set(contract.ids):
        raise TaskError("answers.unusable", task=task.id, reason=f"their ids are not those of public/{task.data.test}")
    order = [position[name] for name in contract.ids]
    y_true = encode([[column[row] for row in order] for column in answers.columns], contract)
    if y_true is None:
        raise TaskError("answers.unusable", task=task.id, reason="a value is none that the task allows")
    is_public = np.array([answers.is_public[row] for row in order], dtype=np.bool_)
    scores = score_splits(metrics_of(task), y_true, predictions.values, is_public, given=task.data.needs)
    return {"public": dict(scores.public), "private": dict(scores.private), "overall": dict(scores.overall)}
