"""Where a metric has no value, the truth is to blame; what a prediction can cause has one."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arena.metrics.table import METRICS
from arena.metrics.undefined import UndefinedError
from arena.model.metric import Metric, Needs

HUGE = 1e150
NUMBERS = [metric for metric in METRICS.values() if metric.needs is Needs.NUMBER]


@pytest.mark.parametrize(
    ("name", "truth", "reason"),
    [
        *((name, [0, 0, 0], "no row is positive") for name in ("recall", "average_precision")),
        *(
            (name, [1, 1, 1], "all rows have one label")
            for name in ("roc_auc", "mcc", "cohen_kappa", "quadratic_kappa")
        ),
        ("roc_auc", [0, 0, 0], "all rows have one label"),
        *(
            (name, [2, 2, 2], "all true values are equal")
            for name in ("r2", "explained_variance", "pearson", "spearman")
        ),
        ("mape", [1, 0, 2], "a true value is 0"),
        ("rmsle", [1, -0.5, 2], "a true value is negative"),
        ("poisson_deviance", [1, -0.5, 2], "a true value is negative"),
    ],
)
def test_undefined(name: str, truth: list[float], reason: str) -> None:
    """A truth that leaves a metric without a value is told, without quoting it."""
    with pytest.raises(UndefinedError) as caught:
        METRICS[name].score(np.array(truth), np.array([1, 0, 1]))
    assert str(caught.value) == reason


def test_undefined_of_several_columns() -> None:
    """So is a label that never occurs, and a relevance below 0, or none above it."""
    shares = np.array([[0.2, 0.3, 0.5]] * 2)
    with pytest.raises(UndefinedError, match="a label does not occur"):
        METRICS["roc_auc_ovr"].score(np.array([0, 2]), shares)
    for relevance in (-1.0, 0.0):
        with pytest.raises(UndefinedError, match="relevance"):
            METRICS["ndcg"].score(np.full((2, 3), relevance), shares)


@pytest.mark.parametrize("name", ["mcc", "pearson", "spearman", "cohen_kappa", "quadratic_kappa"])
def test_constant_prediction(name: str) -> None:
    """A constant prediction agrees no more than chance: 0."""
    assert METRICS[name].score(np.array([0, 1, 1, 0]), np.array([1, 1, 1, 1])) == pytest.approx(0)


@pytest.mark.parametrize("name", ["f1", "precision", "jaccard", "dice"])
@pytest.mark.parametrize("truth", [[0, 0, 0], [0, 1, 0]], ids=["none", "one"])
def test_nothing_predicted(name: str, truth: list[int]) -> None:
    """Where nothing is predicted positive, these are 0, as in scikit-learn."""
    assert METRICS[name].score(np.array(truth), np.array([0, 0, 0])) == 0


@pytest.mark.parametrize(
    ("name", "loss"), [("log_loss", 36.04), ("binary_cross_entropy", 100), ("categorical_cross_entropy", 100)]
)
def test_certain_and_wrong(name: str, loss: float) -> None:
    """Being certain and wrong costs much, but not infinitely much."""
    shares = [[1.0, 0.0], [0.0, 1.0]] if name.startswith("cat") else [1.0, 0.0]
    assert METRICS[name].score(np.array([0, 1] if len(np.shape(shares)) == 1 else [1, 0]), np.array(shares)) == (
        pytest.approx(loss, abs=0.01)
    )


def test_nothing_given_to_what_occurs() -> None:
    """A distribution without room for what occurs is far away, but not infinitely far."""
    score = METRICS["kl_divergence"].score(np.array([[0.5, 0.5]]), np.array([[1.0, 0.0]]))
    assert 10 < score < 40


@pytest.mark.parametrize("metric", NUMBERS, ids=lambda metric: metric.name)
@pytest.mark.parametrize("spread", [1.0, 1e-5, 1e-150])
def test_huge_predictions(metric: Metric, spread: float) -> None:
    """The largest numbers that are read give a finite score in the metric's range, whatever the truth's size."""
    truth, huge = np.array([1.0, 1.0 + spread, 2.0]) * spread, np.array([HUGE, 1e-300, HUGE])
    if np.var(truth):
        assert metric.low <= metric.score(truth, huge) <= metric.high
        assert np.isfinite(metric.score(truth, huge))


@pytest.mark.parametrize("metric", NUMBERS, ids=lambda metric: metric.name)
def test_huge_truth(metric: Metric) -> None:
    """So do the largest true values."""
    assert np.isfinite(metric.score(np.array([HUGE, 1.0, HUGE]), np.array([1e-300, 1.0, 2.0])))


def test_ranks_of_equals() -> None:
    """Equal values share the mean of their places, so a tie is half right."""
    assert METRICS["roc_auc"].score(np.array([0, 1]), np.array([0.5, 0.5])) == 0.5
    assert METRICS["average_precision"].score(np.array([0, 1]), np.array([0.5, 0.5])) == 0.5
    assert METRICS["spearman"].score(np.array([1, 2, 3]), np.array([1, 5, 5])) == pytest.approx(np.sqrt(3) / 2)


def test_kappas_of_labels_that_do_not_occur() -> None:
    """A label's place counts in the quadratic kappa, also where the labels between do not occur."""
    true, near, far = np.array([0, 0, 4]), np.array([0, 1, 4]), np.array([0, 4, 4])
    assert METRICS["quadratic_kappa"].score(true, near) > METRICS["quadratic_kappa"].score(true, far)


@pytest.mark.parametrize(
    ("ranked", "k", "score"),
    [
        (("a", "b"), 2, 1),
        (("b", "a"), 2, 1),
        (("x", "a"), 2, 0.25),
        (("a", "a", "b"), 3, (1 + 2 / 3) / 2),
        (("a",), 2, 0.5),
        (("a",), 1, 1),
        (("x", "y", "a"), 2, 0),
    ],
)
def test_map_at_k(ranked: tuple[str, ...], k: int, score: float) -> None:
    """Average precision of a list of names: what is wrong, late, left out, repeated or past the kth is worth less."""
    true, predicted = np.empty(1, dtype=object), np.empty(1, dtype=object)
    true[0], predicted[0] = ("a", "b"), ranked
    assert METRICS["map_at_k"].with_parameters({"k": k}).score(true, predicted) == pytest.approx(score)


@settings(max_examples=30)
@given(st.lists(st.tuples(*[st.booleans()] * 5).filter(any), min_size=1, max_size=8), st.randoms(use_true_random=False))
def test_map_of_whole_lists(relevant: list[tuple[bool, ...]], chance: object) -> None:
    """Of lists that name everything, MAP is scikit-learn's label ranking average precision."""
    reference = pytest.importorskip("sklearn.metrics").label_ranking_average_precision_score
    orders = [chance.sample(range(5), 5) for _ in relevant]  # type: ignore[attr-defined]
    scores = [[-order.index(name) for name in range(5)] for order in orders]
    true, predicted = np.empty(len(relevant), dtype=object), np.empty(len(relevant), dtype=object)
    true[:] = [tuple(np.flatnonzero(row).tolist()) for row in relevant]
    predicted[:] = [tuple(order) for order in orders]
    found = METRICS["map_at_k"].with_parameters({"k": 5}).score(true, predicted)
    assert found == pytest.approx(reference(np.array(relevant), np.array(scores)))
