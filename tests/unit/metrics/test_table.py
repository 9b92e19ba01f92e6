"""What the table of metrics declares."""

import sys
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from arena.errors import InfrastructureError
from arena.metrics.table import METRICS, metrics_of
from arena.model.metric import Metric, Needs
from tests.conftest import FRUIT

each = pytest.mark.parametrize("metric", METRICS.values(), ids=METRICS.keys())

_LABELS = np.array([0, 1, 1, 0])
_THREE = np.array([0, 1, 2, 0])


def _lists(*names: tuple[str, ...]) -> NDArray[Any]:
    found: NDArray[Any] = np.empty(len(names), dtype=object)
    found[:] = names
    return found


# What is predicted -> the truth, the predictions that say so, and those that say the opposite.
_SAID: dict[Needs, tuple[NDArray[Any], NDArray[Any], NDArray[Any]]] = {
    Needs.LABEL: (_LABELS, _LABELS, 1 - _LABELS),
    Needs.PROBABILITY: (_LABELS, _LABELS.astype(float), 1.0 - _LABELS),
    Needs.SCORE: (_LABELS, 4.0 * _LABELS - 2, 2 - 4.0 * _LABELS),
    Needs.PROBABILITIES: (_THREE, np.eye(3)[_THREE], np.eye(3)[2 - _THREE][:, [1, 2, 0]]),
    Needs.DISTRIBUTION: (np.eye(3)[_THREE], np.eye(3)[_THREE], np.eye(3)[(_THREE + 1) % 3]),
    Needs.NUMBER: (np.array([0.5, 1.0, 3.0, 2.0]), np.array([0.5, 1.0, 3.0, 2.0]), np.array([3.5, 3.0, 1.0, 1.5])),
    Needs.NUMBERS: (np.array([[1.0, 0, 2]] * 4), np.array([[1.0, 0, 2]] * 4), np.array([[-1.0, 0, -2]] * 4)),
    # Weights of cases, and which of them passed.
    Needs.CASES: (np.array([1.0, 1, 2, 1]), np.array([True] * 4), np.array([False] * 4)),
    Needs.RANKING: (_lists(("a",), ("b", "c")), _lists(("a",), ("c", "b")), _lists(("b",), ("a", "d"))),
}


@each
def test_named(metric: Metric) -> None:
    """A metric is found under its own name and has a title of its own to show."""
    assert METRICS[metric.name] is metric
    assert [other.title for other in METRICS.values()].count(metric.title) == 1


@each
def test_direction_is_true(metric: Metric) -> None:
    """In the declared direction, the truth itself is better than its opposite, and the best there is."""
    truth, same, opposite = _SAID[metric.needs]
    best, worst = metric.score(truth, same), metric.score(truth, opposite)
    assert isinstance(best, float)
    assert (best > worst) is metric.greater_is_better
    assert best == pytest.approx(metric.high if metric.greater_is_better else metric.low, abs=1e-12)


@each
def test_range_is_true(metric: Metric) -> None:
    """Scores of the truth's opposite and of the truth in another order lie in the declared range."""
    truth, same, opposite = _SAID[metric.needs]
    for predicted in (opposite, same[::-1]):
        assert metric.low <= metric.score(truth, predicted) <= metric.high


@each
def test_parts_of_a_mean(metric: Metric) -> None:
    """The score of a metric that is a mean over rows is what it makes of the mean of their parts."""
    if metric.losses is not None:
        truth, _, opposite = _SAID[metric.needs]
        losses = metric.losses(truth, opposite)
        assert losses.shape == (len(truth),)
        assert metric.finish(float(np.mean(losses))) == pytest.approx(metric.score(truth, opposite))


def test_metrics_of_a_task() -> None:
    """A task's metrics come with its parameters, which their titles tell, the ranking one first."""
    task = replace(FRUIT, metric="huber", also=("mae", "pinball"), parameters={"huber": {"delta": 2}})
    huber, mae, pinball = metrics_of(task)
    assert [huber.title, mae.title, pinball.title] == ["Huber loss (delta 2)", "MAE", "Pinball loss (quantile 0.5)"]
    true, predicted = np.array([0.0]), np.array([4.0])
    assert (huber.score(true, predicted), METRICS["huber"].score(true, predicted)) == (6, 3.5)
    assert huber.losses is not None
    assert huber.losses(true, predicted).tolist() == [6]


def test_whole_parameters() -> None:
    """A whole number is one, also if TOML has it as a float; what is left out is not told."""
    assert METRICS["map_at_k"].with_parameters({"k": 3.0}).title == "MAP@k (k 3)"
    assert METRICS["ndcg"].with_parameters({}).title == "NDCG"


def test_library_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without scikit-learn, the installation is at fault, and neither the task nor the submission."""
    monkeypatch.setitem(sys.modules, "sklearn.metrics", None)
    with pytest.raises(InfrastructureError) as caught:
        METRICS["ndcg"].score(np.array([[0.0, 1.0]]), np.array([[0.1, 0.9]]))
    assert caught.value.message_id == "metric.library_missing"
