"""Apply a task's feedback rule: from exact public scores to what a record may show, and the words for it.

What a ladder compares with, the parts of a team's best accepted submission, lies in the vault. Two submissions of one
team take turns, so that both see what was accepted before. Killed after something is accepted and before its record is
written, the next run finds it in the vault, compares with what was accepted before that, and says the same again.
"""

import io
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, assert_never

import numpy as np
from filelock import FileLock
from numpy.typing import NDArray

from arena.board.feedback import Feedback, Measured, climbs, shown
from arena.errors import TaskError
from arena.metrics.constant import best_constant
from arena.metrics.decide import labels
from arena.metrics.influence import influence
from arena.metrics.table import metrics_of
from arena.metrics.undefined import UndefinedError
from arena.model.message import Message
from arena.model.metric import Metric, Needs
from arena.model.metric import shown as shown_score
from arena.model.record import Record
from arena.model.task import Task
from arena.pipeline.contracts import contract_of
from arena.pipeline.stages import Stages
from arena.pipeline.truth import truth_of
from arena.predictions.contract import Predictions

Exact = Mapping[str, Mapping[str, float]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What learners see of a submission's scores, by metric, and what is said about it."""

    feedback: Mapping[str, float]
    said: Message


def seen(
    exact: Exact, predictions: Predictions, task: Task, stages: Stages, *, team: str, record: str, before: Record | None
) -> Seen:
    """Blunt the public scores of one evaluation by the task's rule.

    ``record`` is the id that it will have, ``before`` the evaluation of the same files that it supersedes.

    Raises:
        TaskError: a metric has no standard error on the public rows.
    """
    match Feedback(task.board.feedback):
        case Feedback.EXACT:
            return _said("run.scored", exact["public"], task)
        case Feedback.ROUNDED:
            public = _public_rows(task, stages)
            measured = _measured(task, public[0], predictions.values[public[1]])
            return _said("run.scored_rounded", _rounded(measured), task)
        case Feedback.LADDER:
            if before is not None and stages.vault.scores(task.id, before.id).get("public") == exact["public"]:
                # Evaluated again with the same result: that is no new submission, and nothing new is said.
                return _said("run.scored_kept", before.feedback, task)
            lock = stages.state / "locks"
            lock.mkdir(parents=True, exist_ok=True)
            with FileLock(lock / f"ladder-{task.id}-{team}.lock"):
                return _on_the_ladder(predictions, task, stages, team=team, record=record)
        case rule:
            assert_never(rule)


def _on_the_ladder(predictions: Predictions, task: Task, stages: Stages, *, team: str, record: str) -> Seen:
    ranking = metrics_of(task)[0]
    y_true, is_public = _public_rows(task, stages)
    new = _measured(task, y_true, predictions.values[is_public])
    earlier = [path.read_bytes() for name, path in stages.vault.accepted(task, team) if name != record]
    if earlier:
        best, feedback = _load(earlier[-1])
    else:
        start = best_constant(ranking, y_true, task.data.needs, len(task.data.labels))
        constant = _measured(task, y_true, start)
        best, feedback = constant[ranking.name], _rounded(constant)
    if not climbs(new[ranking.name], best, greater_is_better=ranking.greater_is_better):
        return _said("run.scored_kept", feedback, task)
    feedback = _rounded(new)
    if record not in {name for name, _ in stages.vault.accepted(task, team)}:
        stages.vault.put_accepted(task, team, record, _dump(new[ranking.name], feedback))
    return _said("run.scored_ladder", feedback, task)


def _public_rows(task: Task, stages: Stages) -> tuple[NDArray[Any], NDArray[np.bool_]]:
    """The true values of the public rows, and which rows those are."""
    truth = truth_of(task, contract_of(task), stages.vault)
    return truth.values[truth.is_public], truth.is_public


def _measured(task: Task, y_true: NDArray[Any], y_pred: NDArray[Any]) -> dict[str, Measured]:
    return {metric.name: _one(metric, task, y_true, y_pred) for metric in metrics_of(task)}


def _one(metric: Metric, task: Task, y_true: NDArray[Any], y_pred: NDArray[Any]) -> Measured:
    predicted = labels(y_pred, task.data.needs) if metric.needs is Needs.LABEL else y_pred
    try:
        # Where influences are so large that squares would be infinite, theirs is a score on a smaller scale.
        score, found = metric.score(y_true, predicted), influence(metric, y_true, predicted, seed=task.seed)
    except UndefinedError as error:
        raise TaskError("metric.undefined", metric=metric.name, split="public", reason=str(error)) from error
    except (ValueError, TypeError, ArithmeticError) as error:
        # Its text may quote answers.
        raise TaskError("metric.failed", metric=metric.name, split="public") from error
    if not found.df:
        raise TaskError("metric.undefined", metric=metric.name, split="public", reason="no standard error is known")
    return Measured(score=score, parts=found.phi)


def _rounded(measured: Mapping[str, Measured]) -> dict[str, float]:
    return {name: shown(one) for name, one in measured.items()}


def _said(message: str, feedback: Mapping[str, float], task: Task) -> Seen:
    ranking = metrics_of(task)[0]
    value = feedback[ranking.name]
    # Digits that were rounded away must not look as if they were zeros.
    text = shown_score(value) if task.board.feedback == Feedback.EXACT.value else f"{value:.12g}"
    return Seen(feedback=feedback, said=Message.of(message, metric=ranking.title, score=text))


def _dump(measured: Measured, feedback: Mapping[str, float]) -> bytes:
    out = io.BytesIO()
    told = np.array(json.dumps(feedback, sort_keys=True))
    np.savez(out, parts=measured.parts, score=np.float64(measured.score), feedback=told)
    return out.getvalue()


def _load(data: bytes) -> tuple[Measured, dict[str, float]]:
    with np.load(io.BytesIO(data), allow_pickle=False) as kept:
        feedback: dict[str, float] = json.loads(str(kept["feedback"]))
        return Measured(score=float(kept["score"]), parts=kept["parts"]), feedback
