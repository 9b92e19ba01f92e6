"""What the table of metrics declares."""

import math
import sys

import numpy as np
import pytest

from arena.errors import InfrastructureError
from arena.metrics.table import METRICS
from arena.model.metric import Metric, Needs

each = pytest.mark.parametrize("metric", METRICS.values(), ids=METRICS.keys())

# Name -> direction, lowest, highest, what the predictions must be.
_DECLARED = {
    "accuracy": ("maximize", 0, 1, "label"),
    "balanced_accuracy": ("maximize", 0, 1, "label"),
    "f1": ("maximize", 0, 1, "label"),
    "log_loss": ("minimize", 0, math.inf, "probability"),
    "roc_auc": ("maximize", 0, 1, "probability"),
    "rmse": ("minimize", 0, math.inf, "number"),
    "mae": ("minimize", 0, math.inf, "number"),
    "cases_passed": ("maximize", 0, 1, "cases"),
}
_TRUTH = {
    Needs.LABEL: np.array([0, 1, 1, 0]),
    Needs.PROBABILITY: np.array([0, 1, 1, 0]),
    # The weights of four cases; all of them passed.
    Needs.CASES: np.array([1, 1, 1, 1]),
}
_NUMBERS = np.array([0.5, -1.0, 3.0, 2.0])


def test_declared() -> None:
    """Every metric declares its direction, range and predictions, so that none is ever inferred from a file."""
    declared = {
        name: (metric.direction, metric.low, metric.high, metric.needs.value) for name, metric in METRICS.items()
    }
    assert declared == _DECLARED


@each
def test_named(metric: Metric) -> None:
    """A metric is found under its own name and has a title to show."""
    assert METRICS[metric.name] is metric
    assert metric.title


@each
def test_direction_is_true(metric: Metric) -> None:
    """In the declared direction, the truth itself is better than its opposite, and the best there is."""
    truth = _TRUTH.get(metric.needs, _NUMBERS)
    wrong = truth + 1.0 if metric.needs is Needs.NUMBER else 1 - truth
    best, worst = metric.score(truth, truth.astype(float)), metric.score(truth, wrong)
    assert isinstance(best, float)
    assert (best > worst) is metric.greater_is_better
    assert best == pytest.approx(metric.high if metric.greater_is_better else metric.low)


@each
def test_range_is_true(metric: Metric) -> None:
    """Scores of the truth, its opposite and a constant lie in the declared range."""
    truth = _TRUTH.get(metric.needs, _NUMBERS)
    opposite = truth + 1.0 if metric.needs is Needs.NUMBER else 1 - truth
    for predicted in (truth, opposite, np.zeros_like(truth)):
        assert metric.low <= metric.score(truth, predicted) <= metric.high


def test_library_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without scikit-learn, the installation is at fault, and neither the task nor the submission."""
    monkeypatch.setitem(sys.modules, "sklearn.metrics", None)
    with pytest.raises(InfrastructureError) as caught:
        METRICS["log_loss"].score(np.array([0, 1]), np.array([0.1, 0.9]))
    assert caught.value.message_id == "metric.library_missing"
