"""Metrics fit each other, the labels and the columns of their task, or it is told why they do not."""

from pathlib import Path

import pytest

from arena.model.metric import Needs
from tests.unit.catalog.conftest import line_of, load, problems


@pytest.mark.parametrize(
    ("name", "also", "labels", "start", "reason"),
    [
        ("accuracy", '["rmse"]', "[0, 1]", "also", "the metrics need different predictions: label and number"),
        ("accuracy", '["roc_auc"]', "[0, 1]", "also", "the metrics need different predictions: label and probability"),
        ("log_loss", '["hinge"]', "[0, 1]", "also", "the metrics need different predictions: probability and score"),
        (
            "log_loss",
            '["roc_auc"]',
            "[0, 1, 2]",
            "also",
            "the metrics need different predictions: probabilities and probability",
        ),
        ("accuracy", "[]", "[]", "[data]", "a metric of labels needs `labels`"),
        ("roc_auc", "[]", "[]", "[data]", "a metric of labels needs `labels`"),
        ("roc_auc", "[]", "[0, 1, 2]", "labels", "the metric takes two labels, the positive one last"),
        ("accuracy", '["f1"]', "[0, 1, 2]", "labels", "the metric takes two labels, the positive one last"),
        ("hinge", "[]", "[0, 1, 2]", "labels", "the metric takes two labels, the positive one last"),
        ("top_k_accuracy", "[]", "[0, 1]", "[metric]", "k is less than the number of labels, 2"),
        ("roc_auc_ovr", "[]", "[0]", "labels", "probabilities are of two labels or more"),
        (
            *("log_loss", "[]", '["id", "b", "c"]', "labels"),
            "the id column is called like a label, and predictions have a column for each label",
        ),
        (
            *("log_loss", "[]", str(list(range(256))), "labels"),
            "predictions have a column for each label, and at most 255 are read",
        ),
        ("kl_divergence", "[]", "[]", "target", "the metric needs several columns, of distribution"),
        ("accuracy", "[]", "[1, 1]", "labels", "`data.labels`: Value error, a label stands here twice"),
    ],
)
def test_metric_faults(root: Path, *, name: str, also: str, labels: str, start: str, reason: str) -> None:
    """Metrics that do not fit each other or the labels are told on the line to correct."""
    (problem,) = problems(root, name=f'name = "{name}"', also=f"also = {also}", labels=f"labels = {labels}")
    assert (problem.line, problem.reason) == (line_of(root, start), reason)


@pytest.mark.parametrize(
    ("name", "also", "labels"),
    [
        ("accuracy", '["balanced_accuracy"]', "[1, 2, 3]"),
        ("roc_auc", '["log_loss"]', '["no", "yes"]'),
        ("rmse", '["mae"]', "[]"),
        ("f1", "[]", '["None", "Some"]'),
        ("log_loss", '["accuracy", "f1", "roc_auc"]', "[0, 1]"),
        ("log_loss", '["f1_macro", "top_k_accuracy", "brier"]', "[0, 1, 2]"),
        ("hinge", '["accuracy", "roc_auc"]', "[0, 1]"),
        ("map_at_k", "[]", "[]"),
    ],
)
def test_metrics_that_fit(root: Path, name: str, also: str, labels: str) -> None:
    """Metrics of one sort, with the labels that they need, are fine."""
    task = load(root, name=f'name = "{name}"', also=f"also = {also}", labels=f"labels = {labels}")
    assert task.metric == name


@pytest.mark.parametrize(
    ("name", "labels", "needs", "predicted"),
    [
        ("accuracy", '["no", "yes"]', Needs.LABEL, ("ripe",)),
        ("log_loss", '["no", "yes"]', Needs.PROBABILITY, ("ripe",)),
        ("log_loss", '["no", "half", "yes"]', Needs.PROBABILITIES, ("no", "half", "yes")),
        ("brier", "[1, 2.5, 7]", Needs.PROBABILITIES, ("1", "2.5", "7")),
        ("categorical_cross_entropy", "[0, 1]", Needs.PROBABILITIES, ("0", "1")),
        ("roc_auc", "[0, 1]", Needs.PROBABILITY, ("ripe",)),
        ("hinge", "[0, 1]", Needs.SCORE, ("ripe",)),
        ("rmse", "[]", Needs.NUMBER, ("ripe",)),
    ],
)
def test_what_is_predicted(root: Path, name: str, labels: str, needs: Needs, predicted: tuple[str, ...]) -> None:
    """The ranking metric decides what is predicted, by the number of labels, and so the columns."""
    task = load(root, name=f'name = "{name}"', also="also = []", labels=f"labels = {labels}")
    assert (task.data.needs, task.data.predicted) == (needs, predicted)


@pytest.mark.parametrize(
    ("name", "needs"),
    [
        ("kl_divergence", Needs.DISTRIBUTION),
        ("categorical_cross_entropy", Needs.DISTRIBUTION),
        ("ndcg", Needs.NUMBERS),
    ],
)
def test_several_targets(root: Path, name: str, needs: Needs) -> None:
    """Metrics of several columns are of the task's targets."""
    changes = {"target": 'target = ["a", "b"]', "also": "also = []", "labels": "labels = []"}
    task = load(root, name=f'name = "{name}"', **changes)
    assert (task.data.needs, task.data.predicted) == (needs, ("a", "b"))


@pytest.mark.parametrize(
    ("columns", "name", "reason"),
    [
        (2, "rmse", "the metric needs one column, of number"),
        (2, "accuracy", "the metric needs one column, of label"),
        (1, "ndcg", "the metric needs several columns, of numbers"),
        (256, "ndcg", "at most 255 columns are read"),
    ],
)
def test_wrong_number_of_targets(root: Path, columns: int, name: str, reason: str) -> None:
    """A metric that is of one column, or of several, says so where the task has the other."""
    target = f"target = {[f'c{at}' for at in range(columns)]}".replace("'", '"')
    (problem,) = problems(root, target=target, name=f'name = "{name}"', also="also = []")
    assert (problem.line, problem.reason) == (line_of(root, "target"), reason)


def _with(root: Path, name: str, *lines: str) -> dict[str, str]:
    """Changes that let the task name one metric and set parameters below it."""
    del root
    return {"name": f'name = "{name}"', "also": "\n".join(["also = []", *lines])}


def test_parameters(root: Path) -> None:
    """What a task sets of its metrics is in the task, and makes another version of it."""
    changes = _with(root, "huber", "[metric.parameters.huber]", "delta = 2000")
    before = load(root, name='name = "huber"', also="also = []").digest
    task = load(root, **changes)
    assert task.parameters == {"huber": {"delta": 2000}}
    assert task.digest != before


def test_no_parameters(root: Path) -> None:
    """A task that sets none is of the same version as one that has an empty table of them."""
    before = load(root).digest
    assert load(root, also='also = ["f1"]\nparameters = {}').digest == before


@pytest.mark.parametrize(
    ("name", "lines", "start", "reason"),
    [
        ("huber", ["[metric.parameters.huber]", "beta = 1"], "beta", "huber has no parameter 'beta'"),
        ("mae", ["[metric.parameters.mae]", "delta = 1"], "delta", "mae has no parameter 'delta'"),
        ("mae", ["[metric.parameters.huber]", "delta = 1"], "[metric.par", "'huber' is none of the task's metrics"),
        ("huber", ["[metric.parameters.huber]", "delta = 0"], "delta", "delta is a number between 0 and 1e+150"),
        ("huber", ["[metric.parameters.huber]", "delta = nan"], "delta", "delta is a number between 0 and 1e+150"),
        ("pinball", ["[metric.parameters.pinball]", "quantile = 1.0"], "quan", "quantile is a number between 0 and 1"),
        ("map_at_k", ["[metric.parameters.map_at_k]", "k = 0"], "k =", "k is a number from 1 to 1000"),
        ("map_at_k", ["[metric.parameters.map_at_k]", "k = 2.5"], "k =", "k is a whole number"),
        (
            *("top_k_accuracy", ["[metric.parameters.top_k_accuracy]", "k = 2"], "k ="),
            "k is less than the number of labels, 2",
        ),
    ],
)
def test_parameter_faults(root: Path, name: str, lines: list[str], start: str, reason: str) -> None:
    """A parameter that the metric does not have, or a value that it cannot take, is told on its line with a fix."""
    (problem,) = problems(root, **_with(root, name, *lines))
    assert (problem.line, problem.reason) == (line_of(root, start), reason)
    assert problem.fix


@pytest.mark.parametrize("value", ['"2"', "true", "[2]"])
def test_parameters_are_numbers(root: Path, value: str) -> None:
    """What is no number is refused like any other value of the wrong type."""
    found = problems(root, **_with(root, "huber", "[metric.parameters.huber]", f"delta = {value}"))
    assert {problem.line for problem in found} == {line_of(root, "delta")}
