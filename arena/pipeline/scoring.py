"""Open the answers and score a table that already fits the contract. No submitted code runs in this process, ever."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from arena.errors import TaskError
from arena.metrics.classification import confusion
from arena.metrics.decide import labels
from arena.metrics.splits import score_splits
from arena.metrics.table import metrics_of
from arena.model.metric import Needs
from arena.model.record import MOST_CLASSES
from arena.model.task import Task
from arena.pipeline.contracts import contract_of
from arena.predictions.contract import Predictions, canonical_id, encode
from arena.vault.plain import PlainVault


@dataclass(frozen=True, slots=True, kw_only=True)
class Scored:
    """``exact`` scores by split and metric, and what a record shows of the public rows beside its scores."""

    exact: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    confusion: tuple[tuple[int, ...], ...] = ()


def score(predictions: Predictions, task: Task, vault: PlainVault) -> Scored:
    """Score predictions on the hidden split.

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
    values = predictions.values
    scores = score_splits(metrics_of(task), y_true, values, is_public, given=task.data.needs)
    return Scored(
        exact={"public": scores.public, "private": scores.private, "overall": scores.overall},
        confusion=_confusion(y_true[is_public], values[is_public], task) if _shows_confusion(task) else (),
    )


def _shows_confusion(task: Task) -> bool:
    """Counts of public rows by label tell more than scores, so only a practice task with exact feedback shows them."""
    of_labels = any(metric.needs is Needs.LABEL for metric in metrics_of(task))
    open_to_all = not task.sealed and task.board.feedback == "exact"
    return of_labels and open_to_all and len(task.data.labels) <= MOST_CLASSES


def _confusion(y_true: NDArray[Any], y_pred: NDArray[Any], task: Task) -> tuple[tuple[int, ...], ...]:
    counts = confusion(y_true, labels(y_pred, task.data.needs), len(task.data.labels))
    return tuple(tuple(line) for line in counts.tolist())
