"""Open the answers and score a table that already fits the contract. No submitted code runs in this process, ever."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from numpy.typing import NDArray

from arena.metrics.classification import confusion
from arena.metrics.decide import labels
from arena.metrics.splits import score_splits
from arena.metrics.table import metrics_of
from arena.model.metric import Needs
from arena.model.record import MOST_CLASSES
from arena.model.task import Task
from arena.pipeline.contracts import contract_of
from arena.pipeline.truth import truth_of
from arena.predictions.contract import Predictions
from arena.vault.plain import PlainVault


@dataclass(frozen=True, slots=True, kw_only=True)
class Scored:
    """``exact`` scores by split and metric, and what a record shows of the public rows beside its scores.

    ``influences`` is what the vault keeps of how the scores hang on each row (``pipeline.influences``).
    """

    exact: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    confusion: tuple[tuple[int, ...], ...] = ()
    influences: bytes = b""


def score(predictions: Predictions, task: Task, vault: PlainVault) -> Scored:
    """Score predictions on the hidden split, by built-in metrics alone.

    Raises:
        TaskError: the answers or a metric cannot be used.
    """
    truth = truth_of(task, contract_of(task), vault)
    y_true, is_public = truth.values, truth.is_public
    values = predictions.values
    custom = task.custom
    built_in = [metric for metric in metrics_of(task) if custom is None or metric is not custom.metric]
    scores = score_splits(built_in, y_true, values, is_public, given=task.data.needs)
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
