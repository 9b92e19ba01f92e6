"""Scores per split, or the task's fault."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from arena.errors import TaskError
from arena.metrics.splits import Scores, score_splits
from arena.metrics.table import METRICS
from arena.model.metric import Metric, Needs

TRUTH = np.array([1, 0, 1, 1, 0, 0])
GUESS = np.array([1, 0, 0, 1, 1, 1])
PUBLIC = np.array([True, True, True, False, False, False])

Score = Callable[[NDArray[Any], NDArray[Any]], float]


def _odd(score: Score) -> Metric:
    return Metric(name="odd", title="Odd", greater_is_better=True, low=-1, high=1, needs=Needs.LABEL, score=score)


def _scores(*metrics: Metric, truth: NDArray[Any] = TRUTH, is_public: NDArray[np.bool_] = PUBLIC) -> Scores:
    return score_splits(metrics, truth, GUESS, is_public, given=Needs.LABEL)


def _fault(*metrics: Metric, truth: NDArray[Any] = TRUTH, is_public: NDArray[np.bool_] = PUBLIC) -> TaskError:
    with pytest.raises(TaskError) as caught:
        _scores(*metrics, truth=truth, is_public=is_public)
    return caught.value


def test_splits() -> None:
    """Every metric is scored on the public rows, the private rows and all of them."""
    scores = _scores(METRICS["accuracy"], METRICS["mae"])
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
    scores = score_splits([METRICS["accuracy"]], true, guess, is_public, given=Needs.LABEL)
    total = scores.public["accuracy"] * size + scores.private["accuracy"] * (len(pairs) - size)
    assert scores.overall["accuracy"] == pytest.approx(total / len(pairs))


@pytest.mark.parametrize("error", [ValueError, TypeError, ZeroDivisionError, FloatingPointError])
def test_metric_raises(error: type[Exception]) -> None:
    """A metric that raises is the task's fault; the message says where, and repeats no label."""

    def score(y_true: NDArray[Any], y_pred: NDArray[Any]) -> float:
        del y_pred
        raise error(f"labels {y_true}")

    fault = _fault(METRICS["accuracy"], _odd(score))
    assert fault.message_id == "metric.failed"
    assert fault.params == {"metric": "odd", "split": "public"}
    assert isinstance(fault.__cause__, error)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf"), 1.0000001, -1.5])
def test_out_of_range(value: float) -> None:
    """A score outside the declared range, or none at all, is the task's fault and never a rank."""
    fault = _fault(_odd(lambda y_true, y_pred: value + 0 * len(y_true) * len(y_pred)))
    assert fault.message_id == "metric.out_of_range"
    assert fault.params == {"metric": "odd", "split": "public"}


@pytest.mark.parametrize("value", [-1.0, 1.0])
def test_ends_of_range(value: float) -> None:
    """The ends of the range belong to it."""
    assert _scores(_odd(lambda y_true, y_pred: value + 0 * len(y_true) * len(y_pred))).overall == {"odd": value}


def test_split_without_rows() -> None:
    """A split without rows is the task's fault, and named."""
    for name in ("accuracy", "f1"):
        fault = _fault(METRICS[name], is_public=np.ones(6, dtype=np.bool_))
        assert (fault.message_id, fault.params["split"]) == ("metric.failed", "private")


def test_split_without_a_value() -> None:
    """A split on which a metric is not defined is the task's fault, and named with the reason."""
    fault = _fault(METRICS["mcc"], truth=np.array([0, 1, 0, 1, 1, 1]))
    assert fault.message_id == "metric.undefined"
    assert fault.params == {"metric": "mcc", "split": "private", "reason": "all rows have one label"}


def test_rows_without_a_value() -> None:
    """So it is with a metric that is a mean over rows."""
    fault = _fault(METRICS["mape"])
    assert (fault.message_id, fault.params["reason"]) == ("metric.undefined", "a true value is 0")


@pytest.mark.parametrize(("value", "score"), [(1 + 1e-12, 1), (-1 - 1e-12, -1)])
def test_rounding(value: float, score: float) -> None:
    """What rounding moved past an end of the range is the end."""
    assert _scores(_odd(lambda y_true, y_pred: value + 0 * len(y_true) * len(y_pred))).public == {"odd": score}


def test_labels_beside_probabilities() -> None:
    """A metric of labels beside one of probabilities is given what more than half decides for."""
    chances = np.array([0.9, 0.1, 0.5, 0.6, 0.8, 0.7])
    metrics = [METRICS["log_loss"], METRICS["accuracy"]]
    scores = score_splits(metrics, TRUTH, chances, PUBLIC, given=Needs.PROBABILITY)
    assert scores.public["accuracy"] == pytest.approx(2 / 3)
    assert scores.private["accuracy"] == pytest.approx(1 / 3)
    expected = -np.log([0.9, 0.9, 0.5, 0.6, 0.2, 0.3])
    assert scores.overall["log_loss"] == pytest.approx(expected.mean())
