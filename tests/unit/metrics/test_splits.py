"""Scores per split, or the task's fault."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from arena.errors import TaskError
from arena.metrics.splits import score_splits
from arena.metrics.table import METRICS
from arena.model.metric import Metric, Needs

TRUTH = np.array([1, 0, 1, 1, 0, 0])
GUESS = np.array([1, 0, 0, 1, 1, 1])
PUBLIC = np.array([True, True, True, False, False, False])

Score = Callable[[NDArray[Any], NDArray[Any]], float]


def _register(monkeypatch: pytest.MonkeyPatch, score: Score) -> None:
    metric = Metric(name="odd", title="Odd", greater_is_better=True, low=-1, high=1, needs=Needs.LABEL, score=score)
    monkeypatch.setitem(METRICS, "odd", metric)


def _fault(*names: str, truth: NDArray[Any] = TRUTH, is_public: NDArray[np.bool_] = PUBLIC) -> TaskError:
    with pytest.raises(TaskError) as caught:
        score_splits(names, truth, GUESS, is_public)
    return caught.value


def test_splits() -> None:
    """Every metric is scored on the public rows, the private rows and all of them."""
    scores = score_splits(["accuracy", "mae"], TRUTH, GUESS, PUBLIC)
    assert scores.public == pytest.approx({"accuracy": 2 / 3, "mae": 1 / 3})
    assert scores.private == pytest.approx({"accuracy": 1 / 3, "mae": 2 / 3})
    assert scores.overall == {"accuracy": 0.5, "mae": 0.5}


@settings(max_examples=30)
@given(st.lists(st.tuples(st.integers(0, 1), st.integers(0, 1)), min_size=2, max_size=12), st.data())
def test_overall_is_the_mean(pairs: list[tuple[int, int]], data: st.DataObject) -> None:
    """The accuracy of all rows is the mean of both splits' by their sizes: no row is lost or counted twice."""
    size = data.draw(st.integers(1, len(pairs) - 1))
    is_public = np.array(data.draw(st.permutations([True] * size + [False] * (len(pairs) - size))))
    true, guess = (np.array(column) for column in zip(*pairs, strict=True))
    scores = score_splits(["accuracy"], true, guess, is_public)
    total = scores.public["accuracy"] * size + scores.private["accuracy"] * (len(pairs) - size)
    assert scores.overall["accuracy"] == pytest.approx(total / len(pairs))


@pytest.mark.parametrize("error", [ValueError, TypeError, ZeroDivisionError, FloatingPointError])
def test_metric_raises(monkeypatch: pytest.MonkeyPatch, error: type[Exception]) -> None:
    """A metric that raises is the task's fault; the message says where, and repeats no label."""

    def score(y_true: NDArray[Any], y_pred: NDArray[Any]) -> float:
        del y_pred
        raise error(f"labels {y_true}")

    _register(monkeypatch, score)
    fault = _fault("accuracy", "odd")
    assert fault.message_id == "metric.failed"
    assert fault.params == {"metric": "odd", "split": "public"}
    assert isinstance(fault.__cause__, error)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf"), 1.0000001, -1.5])
def test_out_of_range(monkeypatch: pytest.MonkeyPatch, value: float) -> None:
    """A score outside the declared range, or none at all, is the task's fault and never a rank."""
    _register(monkeypatch, lambda y_true, y_pred: value + 0 * len(y_true) * len(y_pred))
    fault = _fault("odd")
    assert fault.message_id == "metric.out_of_range"
    assert fault.params == {"metric": "odd", "split": "public"}


@pytest.mark.parametrize("value", [-1.0, 1.0])
def test_ends_of_range(monkeypatch: pytest.MonkeyPatch, value: float) -> None:
    """The ends of the range belong to it."""
    _register(monkeypatch, lambda y_true, y_pred: value + 0 * len(y_true) * len(y_pred))
    assert score_splits(["odd"], TRUTH, GUESS, PUBLIC).overall == {"odd": value}


def test_split_without_rows() -> None:
    """A split without rows is the task's fault, and named."""
    fault = _fault("accuracy", is_public=np.ones(6, dtype=np.bool_))
    assert (fault.message_id, fault.params["split"]) == ("metric.failed", "private")


@pytest.mark.filterwarnings("ignore:Only one class is present")
def test_split_of_one_class() -> None:
    """A split on which a metric is not defined is the task's fault, and named."""
    fault = _fault("roc_auc", truth=np.array([0, 1, 0, 1, 1, 1]))
    assert (fault.message_id, fault.params["split"]) == ("metric.out_of_range", "private")
