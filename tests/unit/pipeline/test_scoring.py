"""From a file of predictions to scores, for every kind of prediction."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from arena.catalog.tasks import load_task
from arena.metrics.table import METRICS
from arena.model.message import Message
from arena.model.outcome import Outcome
from arena.model.task import Task
from arena.pipeline.grade import Graded, grade
from arena.pipeline.stages import Stages
from tests.conftest import IDS, TRUTH, table, write_files, write_workspace

_ROWS = range(len(IDS))


def _task(tmp_path: Path, name: str, target: str = '["ripe"]', labels: str = "[0, 1]", also: str = "") -> Task:
    changes = {'name = "accuracy"': f'name = "{name}"', 'also = ["f1"]': f"also = [{also}]"}
    changes |= {'target = ["ripe"]': f"target = {target}", "labels = [0, 1]": f"labels = {labels}"}
    return load_task(write_workspace(tmp_path / "other", changes=changes), "fruit", METRICS)


def _answers(heads: str, *values: object) -> bytes:
    splits = ["Public" if row < 6 else "Private" for row in _ROWS]
    return table(f"id,{heads},Usage", *(f"{n},{v},{s}" for n, v, s in zip(IDS, values, splits, strict=True)))


def _graded(task: Task, stages: Stages, tmp_path: Path, heads: str, *values: object) -> Graded:
    data = table(f"id,{heads}", *(f"{n},{v}" for n, v in zip(IDS, values, strict=True)))
    source = write_files(tmp_path / "handed-in", {"submission.csv": data})
    (tmp_path / "scratch").mkdir()
    return grade(source, task=task, team="rahim", stages=stages, scratch=tmp_path / "scratch")


def test_probability(tmp_path: Path, stages: Stages) -> None:
    """A probability is scored as one, and beside it the labels that more than half decides for."""
    task = _task(tmp_path, "log_loss", also='"accuracy", "roc_auc"')
    stages.vault.put_answers(task, _answers("ripe", *TRUTH))
    graded = _graded(task, stages, tmp_path, "ripe", *[0.75] * 6, *[0.25] * 6)
    assert graded.record is not None
    share = TRUTH[:6].count("1") / 6
    loss = -share * np.log(0.75) - (1 - share) * np.log(0.25)
    assert graded.record.feedback == pytest.approx({"log_loss": loss, "accuracy": share, "roc_auc": 0.5})


def test_probabilities(tmp_path: Path, stages: Stages) -> None:
    """One column a label, in any order; the truth stays one column of labels."""
    task = _task(tmp_path, "log_loss", labels='["raw", "ripe", "rotten"]', also='"accuracy"')
    truth = [("raw", "ripe", "rotten")[row % 3] for row in _ROWS]
    stages.vault.put_answers(task, _answers("ripe", *truth))
    graded = _graded(task, stages, tmp_path, "ripe,raw,rotten", *["0.25,0.5,0.25"] * 12)
    assert graded.record is not None
    assert graded.record.feedback == pytest.approx({"log_loss": np.log([2, 4, 4]).mean(), "accuracy": 1 / 3})


def _counts(tmp_path: Path, stages: Stages, task: Task) -> tuple[tuple[int, ...], ...]:
    stages.vault.put_answers(task, _answers("ripe", *TRUTH))
    graded = _graded(task, stages, tmp_path, "ripe", *"000011", *"111111")
    assert graded.record is not None
    return graded.record.confusion


def test_confusion_of_public_rows(tmp_path: Path, stages: Stages) -> None:
    """A record counts the public rows by true and predicted label, and no private one."""
    pairs = list(zip(TRUTH[:6], "000011", strict=True))
    assert _counts(tmp_path, stages, _task(tmp_path, "accuracy")) == tuple(
        tuple(pairs.count((true, guess)) for guess in "01") for true in "01"
    )


def test_no_confusion(tmp_path: Path, stages: Stages) -> None:
    """It does so where a metric is of labels alone, and never where more than a practice task is at stake."""
    task = _task(tmp_path, "log_loss")
    assert _counts(tmp_path, stages, task) == ()
    shown = replace(task, also=("accuracy",), digest="11" * 32)
    (tmp_path / "more").mkdir()
    assert _counts(tmp_path / "more", stages, shown) != ()
    sealed = replace(shown, sealed=True, digest="22" * 32)
    (tmp_path / "sealed").mkdir()
    assert _counts(tmp_path / "sealed", stages, sealed) == ()


def test_distribution(tmp_path: Path, stages: Stages) -> None:
    """Truth and predictions are distributions over the targets."""
    task = _task(tmp_path, "kl_divergence", target='["raw", "ripe"]', labels="[]")
    stages.vault.put_answers(task, _answers("raw,ripe", *["0.5,0.5"] * 12))
    graded = _graded(task, stages, tmp_path, "raw,ripe", *["0.25,0.75"] * 12)
    assert graded.record is not None
    assert graded.record.feedback == pytest.approx({"kl_divergence": (np.log(2) + np.log(2 / 3)) / 2})


def test_ranking(tmp_path: Path, stages: Stages) -> None:
    """Truth and predictions are lists of names."""
    task = _task(tmp_path, "map_at_k", labels="[]")
    stages.vault.put_answers(task, _answers("ripe", *["mango guava"] * 12))
    graded = _graded(task, stages, tmp_path, "ripe", *["guava lime mango"] * 12)
    assert graded.record is not None
    assert graded.record.feedback == pytest.approx({"map_at_k": (1 + 2 / 3) / 2})
    assert graded.messages[0].params["metric"] == "MAP@k (k 10)"


def test_impossible_prediction(tmp_path: Path, stages: Stages) -> None:
    """A number that one of the task's metrics cannot take is the submission's fault."""
    task = _task(tmp_path, "mae", labels="[]", also='"rmsle"')
    stages.vault.put_answers(task, _answers("ripe", *_ROWS))
    graded = _graded(task, stages, tmp_path, "ripe", -1, *_ROWS[1:])
    assert graded.outcome is Outcome.INVALID_PREDICTIONS
    assert graded.messages == (Message.of("predictions.value_negative", count=1, first="101 → -1", target="ripe"),)


def test_impossible_truth(tmp_path: Path, stages: Stages) -> None:
    """A truth that the metric cannot take is the task's."""
    task = _task(tmp_path, "rmsle", labels="[]")
    stages.vault.put_answers(task, _answers("ripe", -1, *_ROWS[1:]))
    graded = _graded(task, stages, tmp_path, "ripe", *_ROWS)
    assert (graded.outcome, graded.record) == (Outcome.TASK_ERROR, None)
    assert graded.messages[0].params["reason"] == "a true value is negative"


@pytest.mark.parametrize("truth", ["2", "", "ripe"])
def test_truth_that_is_none(tmp_path: Path, stages: Stages, truth: str) -> None:
    """So is a true label that the task does not list."""
    task = _task(tmp_path, "accuracy")
    stages.vault.put_answers(task, _answers("ripe", truth, *TRUTH[1:]))
    graded = _graded(task, stages, tmp_path, "ripe", *TRUTH)
    assert (graded.outcome, graded.messages[0].id) == (Outcome.TASK_ERROR, "answers.unusable")
