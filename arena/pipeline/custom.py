"""Score by a task's own metric: write the tables, run ``metric.py`` in a sandbox of its own, judge what it says.

What it prints, and the text of any exception but ``ParticipantVisibleError``, may quote answers. It goes into a file of
the grader's and nowhere else.
"""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from arena.errors import AttemptFailedError, TaskError
from arena.files import write_atomic
from arena.metrics.splits import within
from arena.model.message import Message
from arena.model.metric import CustomMetric, Needs
from arena.model.safe_text import safe_line
from arena.model.task import Label, Task
from arena.pipeline.contracts import contract_of
from arena.pipeline.stages import Stages
from arena.pipeline.truth import truth_of
from arena.predictions.contract import Predictions
from arena.sandbox.custom import Broken, Refused, Split, metric_job, read_result
from arena.sandbox.interface import Finished, Job

SPLITS = ("public", "private", "overall")
# A sandbox that breaks by itself is tried again this many times in all.
_MAX_TRIES = 3
_MOST_TEXT = 200
_EXACT = 2**53


class RefusedError(Exception):
    """The metric says that the predictions cannot be scored. Caught where they are graded."""

    def __init__(self, message: Message) -> None:
        super().__init__(message.id)
        self.message = message


def log_path(state: Path, task: str) -> Path:
    """Where the grader keeps what a task's own metric printed the last time."""
    return state / "logs" / "metrics" / f"{task}.log"


@dataclass(frozen=True, slots=True, kw_only=True)
class Aligned:
    """The hidden rows and what was predicted for them, in one order."""

    ids: Sequence[str]
    y_true: NDArray[Any]
    y_pred: NDArray[Any]
    is_public: NDArray[np.bool_]


def with_custom(
    exact: Mapping[str, Mapping[str, float]], predictions: Predictions, task: Task, custom: CustomMetric, stages: Stages
) -> dict[str, dict[str, float]]:
    """Scores by split and metric, with that of the task's own beside them; see ``custom_scores``."""
    contract = contract_of(task)
    truth = truth_of(task, contract, stages.vault)
    rows = Aligned(ids=contract.ids, y_true=truth.values, y_pred=predictions.values, is_public=truth.is_public)
    found = custom_scores(task, custom, rows, stages)
    return {split: {**exact[split], custom.metric.name: value} for split, value in found.items()}


def custom_scores(task: Task, custom: CustomMetric, rows: Aligned, stages: Stages) -> dict[str, float]:
    """A score for each split.

    Raises:
        RefusedError: the metric refuses the predictions.
        TaskError: it fails, or gives no number within the range that the task declares.
    """
    needs, labels = task.data.needs, task.data.labels
    truth = _columns(rows.y_true, needs.truth, labels)
    given = _columns(rows.y_pred, needs, labels)
    run = _run(metric_job(task, custom, _splits(task, rows, truth, given), text=_text(task)), task, stages)
    result = read_result(run, SPLITS)
    kept = log_path(stages.state, task.id)
    if run.log or isinstance(result, Broken):
        kept.parent.mkdir(parents=True, exist_ok=True)
        write_atomic(kept, run.log, mode=0o600)
    if isinstance(result, Broken):
        raise TaskError("metric.custom_failed", metric=custom.metric.name, how=result.how, task=task.id)
    if isinstance(result, Refused):
        others = _splits(task, rows, [_others(column) for column in truth], given)
        again = _run(metric_job(task, custom, others, text=_text(task)), task, stages)
        raise RefusedError(_refusal(result, of_others=read_result(again, SPLITS)))
    return {split: within(custom.metric, split, value) for split, value in result.items()}


def _splits(task: Task, rows: Aligned, truth: Sequence[Sequence[str]], given: Sequence[Sequence[str]]) -> list[Split]:
    chosen = {
        "public": np.flatnonzero(rows.is_public).tolist(),
        "private": np.flatnonzero(~rows.is_public).tolist(),
        "overall": range(len(rows.ids)),
    }
    solution = list(zip(rows.ids, *truth, strict=True))
    submission = list(zip(rows.ids, *given, strict=True))
    return [
        Split(
            name=name,
            solution=_csv([task.data.id, *task.data.target], (solution[row] for row in chosen[name])),
            submission=_csv([task.data.id, *task.data.predicted], (submission[row] for row in chosen[name])),
        )
        for name in SPLITS
    ]


def _text(task: Task) -> list[tuple[str, ...]]:
    """The columns of solutions and of submissions that are text whatever they hold."""
    needs = task.data.needs
    words = all(isinstance(label, str) for label in task.data.labels)
    are = [need is Needs.RANKING or (need is Needs.LABEL and words) for need in (needs.truth, needs)]
    return [columns if yes else () for yes, columns in zip(are, (task.data.target, task.data.predicted), strict=True)]


def _others(column: Sequence[str]) -> list[str]:
    """Answers none of which is the right one: each value in place of the one before it."""
    values = list(dict.fromkeys(column))
    following = dict(zip(values, [*values[1:], *values[:1]], strict=True))
    return [following[value] for value in column]


def _run(job: Job, task: Task, stages: Stages) -> Finished:
    launcher = stages.launcher(task)
    for _ in range(_MAX_TRIES - 1):
        try:
            return launcher.run(job)
        except AttemptFailedError:
            continue
    return launcher.run(job)


def _refusal(refused: Refused, *, of_others: object) -> Message:
    """What the learner reads: only what the metric would also have said had every answer been another one."""
    if refused.split != "public" or refused != of_others:
        return Message.of("predictions.metric_refused_some")
    return Message.of("predictions.metric_refused", reason=safe_line(refused.text.strip(), _MOST_TEXT) or "-")


def _csv(head: Sequence[str], rows: Iterator[Sequence[str]]) -> bytes:
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(head)
    writer.writerows(rows)
    return out.getvalue().encode()


def _columns(values: NDArray[Any], needs: Needs, labels: Sequence[Label]) -> list[list[str]]:
    """The cells of each column, as a table that people write would have them."""
    match needs:
        case Needs.LABEL:
            return [[str(labels[code]) for code in values.tolist()]]
        case Needs.RANKING:
            names = [" ".join(str(labels[name]) if labels else str(name) for name in row) for row in values]
            return [names]
        case _:
            columns = values.T if values.ndim > 1 else [values]
            return [[_number(value) for value in column.tolist()] for column in columns]


def _number(value: float) -> str:
    """Whole numbers as such, so that a column of them is read as one of whole numbers; all others exactly."""
    return str(int(value)) if value.is_integer() and abs(value) < _EXACT else repr(value)
