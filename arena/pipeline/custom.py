"""Score by a task's own metric: write the tables, run ``metric.py`` in a sandbox of its own, judge what it says.

What it prints, and the text of any exception but ``ParticipantVisibleError``, may quote answers. It goes into a file of
the grader's and nowhere else.
"""

import csv
import io
import re
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
# A shorter word of the answers may stand in any sentence: a count, a percentage.
_TELLING = 3
_WORD = re.compile(r"[^\s,;:()\[\]{}'\"]+")


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
    truth = _table(rows.ids, _columns(rows.y_true, needs.truth, labels))
    given = _table(rows.ids, _columns(rows.y_pred, needs, labels))
    chosen = {
        "public": np.flatnonzero(rows.is_public).tolist(),
        "private": np.flatnonzero(~rows.is_public).tolist(),
        "overall": range(len(rows.ids)),
    }
    splits = [
        Split(
            name=name,
            solution=_csv([task.data.id, *task.data.target], (truth[row] for row in chosen[name])),
            submission=_csv([task.data.id, *task.data.predicted], (given[row] for row in chosen[name])),
        )
        for name in SPLITS
    ]
    words = [need is Needs.RANKING or (need is Needs.LABEL and _are_text(labels)) for need in (needs.truth, needs)]
    text = [columns if are else () for are, columns in zip(words, (task.data.target, task.data.predicted), strict=True)]
    run = _run(metric_job(task, custom, splits, text=text), task, stages)
    result = read_result(run, SPLITS)
    kept = log_path(stages.state, task.id)
    if run.log or isinstance(result, Broken):
        kept.parent.mkdir(parents=True, exist_ok=True)
        write_atomic(kept, run.log, mode=0o600)
    if isinstance(result, Broken):
        raise TaskError("metric.custom_failed", metric=custom.metric.name, how=result.how, task=task.id)
    if isinstance(result, Refused):
        raise RefusedError(_refusal(result, truth, given))
    return {split: within(custom.metric, split, value) for split, value in result.items()}


def _table(ids: Sequence[str], columns: Sequence[Sequence[str]]) -> list[tuple[str, ...]]:
    return list(zip(ids, *columns, strict=True))


def _run(job: Job, task: Task, stages: Stages) -> Finished:
    launcher = stages.launcher(task)
    for _ in range(_MAX_TRIES - 1):
        try:
            return launcher.run(job)
        except AttemptFailedError:
            continue
    return launcher.run(job)


def _refusal(refused: Refused, truth: Sequence[Sequence[str]], given: Sequence[Sequence[str]]) -> Message:
    """What the learner reads: nothing of the private rows, and no word that only the answers hold."""
    if refused.split != "public":
        return Message.of("predictions.metric_refused_some")
    known = {word for row in given for cell in row for word in _WORD.findall(cell)}
    words = {word for row in truth for cell in row[1:] for word in _WORD.findall(cell)}
    secret = {word for word in words - known if len(word) >= _TELLING}
    text = _WORD.sub(lambda match: "…" if match[0].rstrip(".!?") in secret else match[0], refused.text)
    return Message.of("predictions.metric_refused", reason=safe_line(text.strip(), _MOST_TEXT) or "-")


def _are_text(labels: Sequence[Label]) -> bool:
    return all(isinstance(label, str) for label in labels)


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
