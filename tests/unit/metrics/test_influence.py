"""Influences: what adding a row does to a score, DeLong's covariance, and what cannot be compared."""

import math
from collections.abc import Callable
from itertools import product
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from arena.metrics.gradients import GRADIENTS
from arena.metrics.influence import influence, is_closed_form
from arena.metrics.placements import roc_auc_ovr
from arena.metrics.replicates import REPLICATES
from arena.metrics.table import METRICS
from arena.metrics.undefined import UndefinedError
from arena.model.influence import LARGEST_INFLUENCE, Influence, Kind
from tests.unit.metrics.draws import pairs

Floats = NDArray[np.float64]

_MEANS = [name for name, metric in METRICS.items() if metric.losses is not None and metric.finish is float]
# Functions of a mean, of the confusion matrix, of moments.
_SMOOTH = ["rmse", "rmsle", "f1_micro", *GRADIENTS, "r2", "explained_variance", "pearson"]
_COPIES = 2000


def _of(name: str, y_true: Any, y_pred: Any) -> Influence:
    try:
        return influence(METRICS[name], y_true, y_pred, seed=7)
    except UndefinedError:
        assume(condition=False)
        raise


@pytest.mark.parametrize("name", METRICS)
@given(data=st.data())
@settings(max_examples=10, deadline=None)
def test_every_metric_has_influences(name: str, data: st.DataObject) -> None:
    """They are finite, their sum is 0, there is one a row or one a replicate, and the score is the metric's."""
    y_true, y_pred = data.draw(pairs(METRICS[name], METRICS[name].needs))
    found = _of(name, y_true, y_pred)
    assert found.score == METRICS[name].score(y_true, y_pred)
    assert (found.kind is Kind.REPLICATES) is not is_closed_form(METRICS[name])
    assert found.phi.shape == (len(y_true) if is_closed_form(METRICS[name]) else REPLICATES,)
    assert np.all(np.isfinite(found.phi))
    assert math.fsum(found.phi) == pytest.approx(0, abs=1e-9 * (1 + np.max(np.abs(found.phi))))


@pytest.mark.parametrize("name", _MEANS)
@given(data=st.data())
@settings(max_examples=20, deadline=None)
def test_of_a_mean_the_influence_is_the_part_less_the_mean(name: str, data: st.DataObject) -> None:
    metric = METRICS[name]
    y_true, y_pred = data.draw(pairs(metric, data.draw(st.sampled_from([metric.needs, *metric.also_takes]))))
    found = _of(name, y_true, y_pred)
    assert metric.losses is not None
    assert found.phi + found.score == pytest.approx(metric.losses(y_true, y_pred).astype(float), abs=1e-9)
    assert (found.kind is Kind.PROPORTION) is (name in {"accuracy", "top_k_accuracy"})
    assert found.df == len(y_true) - 1


@pytest.mark.parametrize("name", _SMOOTH)
@given(data=st.data())
@settings(max_examples=15, deadline=None)
def test_the_influence_is_what_one_more_row_changes(name: str, data: st.DataObject) -> None:
    """Of many copies of the rows, one row more changes the score by its influence over their number."""
    metric = METRICS[name]
    y_true, y_pred = data.draw(pairs(metric, metric.needs))
    found = _of(name, y_true, y_pred)
    many_true, many_pred = np.concatenate([y_true] * _COPIES), np.concatenate([y_pred] * _COPIES)
    rows = len(many_true)
    for row, phi in enumerate(found.phi):
        more = metric.score(np.append(many_true, y_true[row]), np.append(many_pred, y_pred[row]))
        size = np.max(np.abs(found.phi)) + abs(found.score)
        assert (more - found.score) * (rows + 1) == pytest.approx(phi, abs=0.02 * size + 1e-6)


def _auc_by_pairs(y_true: Any, y_pred: Any) -> tuple[float, tuple[Floats, Floats]]:
    """The area as a U-statistic: the mean of every pair's kernel, and its means by positive and by negative row."""
    found, others = y_pred[y_true == 1], y_pred[y_true == 0]
    kernel = np.array([[1.0 if p > n else 0.5 if p == n else 0.0 for n in others] for p in found])
    return float(np.mean(kernel)), (np.mean(kernel, axis=1), np.mean(kernel, axis=0))


@given(
    st.lists(st.tuples(st.integers(0, 1), st.integers(0, 6), st.integers(0, 6)), min_size=4, max_size=25).filter(
        lambda rows: 2 <= sum(row[0] for row in rows) <= len(rows) - 2
    )
)
def test_of_areas_it_is_delong_s_covariance(rows: list[tuple[int, int, int]]) -> None:
    """The sum of products of two models' influences over n(n - 1) is the covariance of their areas, ties included."""
    y_true, first, second = (np.array(column) for column in zip(*rows, strict=True))
    n, models = len(rows), [first.astype(float), second.astype(float)]
    found = [_of("roc_auc", y_true, model) for model in models]
    plain = [_auc_by_pairs(y_true, model) for model in models]
    for a, b in product(range(2), repeat=2):
        # By positive, then by negative rows.
        parts = zip(plain[a][1], plain[b][1], strict=True)
        expected = sum(float(np.cov(mine, others)[0, 1]) / len(mine) for mine, others in parts)
        assert float(found[a].phi @ found[b].phi) / (n * (n - 1)) == pytest.approx(expected, abs=1e-12)
    assert found[0].score == pytest.approx(plain[0][0])
    assert found[0].df == min(int(np.sum(y_true)), int(n - np.sum(y_true))) - 1


def test_a_lone_row_of_a_class_says_nothing_of_an_area_s_variance() -> None:
    found = _of("roc_auc", np.array([0, 0, 0, 1]), np.array([0.1, 0.7, 0.2, 0.5]))
    assert found.df == 0
    assert np.all(np.isfinite(found.phi))


def test_of_one_area_a_label_it_is_their_mean() -> None:
    """The rarest label decides the degrees of freedom."""
    y_true = np.array([0, 0, 1, 1, 2, 2, 2, 0])
    y_pred = np.random.default_rng(3).dirichlet([1, 1, 1], size=8)
    phi, df = roc_auc_ovr(y_true, y_pred)
    each = [_of("roc_auc", (y_true == label).astype(int), y_pred[:, label]).phi for label in range(3)]
    assert phi == pytest.approx(np.mean(each, axis=0))
    assert df == 1


def test_replicates_have_the_variance_that_a_formula_has() -> None:
    """Of an area, 400 draws have DeLong's variance within a sixth; two submissions share their draws."""
    generator = np.random.default_rng(5)
    y_true = generator.integers(0, 2, 300)
    y_pred = generator.normal(size=300) + y_true
    area, precision = METRICS["roc_auc"], METRICS["average_precision"]

    def drawn(score: Callable[..., float], predicted: Floats) -> Influence:
        return influence(_named(precision, score), y_true, predicted, seed=7)

    by_draws, exact = drawn(area.score, y_pred), influence(area, y_true, y_pred, seed=7)
    size = len(y_true) * (len(y_true) - 1)
    assert by_draws.phi @ by_draws.phi / (REPLICATES * (REPLICATES - 1)) == pytest.approx(
        exact.phi @ exact.phi / size, rel=1 / 6
    )
    assert drawn(area.score, 2 * y_pred).phi == pytest.approx(by_draws.phi)


def _named(metric: Any, score: Any) -> Any:
    return type(metric)(
        name=metric.name, title="", greater_is_better=True, low=0, high=1, needs=metric.needs, score=score
    )


def test_draws_without_a_score_are_drawn_again() -> None:
    """With one positive row in eight, a third of the draws have none; where most have none nothing is known."""
    y_true, y_pred = np.array([1] + [0] * 7), np.linspace(0, 1, 8)
    found = _of("average_precision", y_true, y_pred)
    assert (found.kind, found.phi.shape, found.df) == (Kind.REPLICATES, (REPLICATES,), 7)

    def seldom(true: Any, _: Any) -> float:
        if np.sum(true) < 4:
            raise UndefinedError("too few")
        return 0.5

    known = _named(METRICS["average_precision"], lambda *_: 0.5)
    assert influence(known, y_true, y_pred, seed=7).df == 7
    # Only drawing the rows anew raises: of the rows themselves the score is known.
    calls = iter([False])
    first = _named(known, lambda t, p: 0.5 if next(calls, True) is False else seldom(t, p))
    found = influence(first, y_true, y_pred, seed=7)
    assert found.df == 0
    assert not np.any(found.phi)


@pytest.mark.parametrize(("name", "size"), [("mse", 1e150), ("rmse", 1e150), ("mse", 1e120), ("r2", 1e150)])
def test_absurd_errors_leave_finite_numbers(name: str, size: float) -> None:
    """However large one row's error, no square is infinite, and it counts two standard errors at most."""
    y_true = np.arange(50.0)
    found = _of(name, y_true, np.append(y_true[:-1] + 0.5, size))
    assert np.max(np.abs(found.phi)) <= LARGEST_INFLUENCE
    squares = float(found.phi @ found.phi)
    assert math.isfinite(squares)
    assert abs(found.score) / math.sqrt(squares / (50 * 49)) <= 2 + 1e-9


def test_influences_that_are_no_numbers_tell_nothing_apart() -> None:
    """The truth's variance can be so small that a quotient by it is infinite: one row then stands for all of it."""
    found = _of("r2", np.array([0.0] * 19 + [1e-100]), np.full(20, 1e150))
    assert math.isfinite(found.score)
    assert abs(found.score) / math.sqrt(float(found.phi @ found.phi) / (20 * 19)) <= 2
