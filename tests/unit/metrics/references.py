"""For each metric the function that defines it, in scikit-learn, SciPy or torch, or its formula where none does.

Each takes what the metric takes, its parameters by keyword.
"""

import math
from collections.abc import Callable
from statistics import fmean
from typing import Any

import numpy as np
import pytest

metrics = pytest.importorskip("sklearn.metrics", reason="scikit-learn is the reference")
scipy_special = pytest.importorskip("scipy.special", reason="SciPy is the reference")
scipy_stats = pytest.importorskip("scipy.stats", reason="SciPy is the reference")
distance = pytest.importorskip("scipy.spatial.distance", reason="SciPy is the reference")
torch = pytest.importorskip("torch", reason="torch is the reference")

Reference = Callable[..., float]

CLASSES = 3


def balanced_accuracy(y_true: Any, y_pred: Any) -> float:
    """scikit-learn's own warns of a predicted class that does not occur; this is what it computes."""
    return float(metrics.recall_score(y_true, y_pred, labels=np.unique(y_true), average="macro", zero_division=0.0))


def dice(y_true: Any, y_pred: Any) -> float:
    """SciPy's is a dissimilarity."""
    return 1 - distance.dice(y_true == 1, y_pred == 1) if np.any(y_true) or np.any(y_pred) else 0.0


def kappa(weights: str | None) -> Reference:
    """By the places of all labels, also of those that do not occur."""
    return lambda t, p: metrics.cohen_kappa_score(t, p, labels=range(CLASSES), weights=weights)


def of_labels(function: Any, **options: Any) -> Reference:
    """A function of codes and probabilities, told all labels."""

    def score(y_true: Any, y_pred: Any, **parameters: Any) -> float:
        labels = range(y_pred.shape[1] if y_pred.ndim > 1 else 2)
        return float(function(y_true, y_pred, labels=list(labels), **options, **parameters))

    return score


def hinge(y_true: Any, y_pred: Any) -> float:
    """scikit-learn's takes a lone class for the negative one; two rows that cost nothing stand for both."""
    both = metrics.hinge_loss(np.append(y_true, [0, 1]), np.append(y_pred, [-1, 1]))
    return float(both * (len(y_true) + 2) / len(y_true))


def categorical_cross_entropy(y_true: Any, y_pred: Any) -> float:
    """Of the logarithms, cut off where those of the binary one are."""
    logs = torch.log(torch.tensor(y_pred)).clamp(min=-100)
    if y_true.ndim == 1:
        return float(torch.nn.functional.nll_loss(logs, torch.tensor(y_true)))
    return float(-(torch.tensor(y_true) * logs).sum(dim=1).mean())


def smape(y_true: Any, y_pred: Any) -> float:
    """No library has it; as in competitions, with 0 for two zeros."""
    pairs = [(abs(t - p), (abs(t) + abs(p)) / 2) for t, p in zip(y_true, y_pred, strict=True)]
    return fmean(error / size if size else 0.0 for error, size in pairs)


def map_at_k(y_true: Any, y_pred: Any, k: int) -> float:
    """No library has it; as Kaggle states it: precision at each of the first k places that is right, over min(m, k)."""

    def row(true: tuple[Any, ...], ranked: tuple[Any, ...]) -> float:
        new = [name in true and name not in ranked[:at] for at, name in enumerate(ranked[:k])]
        hits = math.fsum(sum(new[: at + 1]) / (at + 1) for at, hit in enumerate(new) if hit)
        return hits / min(len(set(true)), k)

    return fmean(row(true, ranked) for true, ranked in zip(y_true, y_pred, strict=True))


def ndcg(y_true: Any, y_pred: Any, k: int | None) -> float:
    """Gain over the logarithm of the place, over that of the best order; equal predictions share their gains' mean."""

    def gain(relevance: Any, order: Any) -> float:
        shared = [fmean(relevance[order == value]) for value in order]
        ranked = [shared[at] for at in np.argsort(-order, kind="stable")]
        return math.fsum(value / math.log2(place + 1) for place, value in enumerate(ranked[:k], start=1))

    best = [gain(true, true) for true in y_true]
    return fmean(gain(t, p) / top if top else 0.0 for t, p, top in zip(y_true, y_pred, best, strict=True))


def torch_loss(name: str) -> Reference:
    """A loss of torch, of numbers in double precision."""

    def score(y_true: Any, y_pred: Any, **parameters: Any) -> float:
        true, predicted = torch.tensor(y_true, dtype=torch.float64), torch.tensor(y_pred, dtype=torch.float64)
        return float(getattr(torch.nn.functional, name)(predicted, true, **parameters))

    return score


def average(function: Any, how: str) -> Reference:
    """A function of labels with scikit-learn's way to average classes; undefined parts are 0."""
    return lambda t, p: function(t, p, average=how, zero_division=0.0)


REFERENCES: dict[str, Reference] = {
    "accuracy": metrics.accuracy_score,
    "balanced_accuracy": balanced_accuracy,
    "f1": average(metrics.f1_score, "binary"),
    "f1_macro": average(metrics.f1_score, "macro"),
    "f1_micro": average(metrics.f1_score, "micro"),
    "f1_weighted": average(metrics.f1_score, "weighted"),
    "precision": average(metrics.precision_score, "binary"),
    "recall": average(metrics.recall_score, "binary"),
    "jaccard": average(metrics.jaccard_score, "binary"),
    "jaccard_macro": average(metrics.jaccard_score, "macro"),
    "dice": dice,
    "mcc": metrics.matthews_corrcoef,
    "cohen_kappa": kappa(None),
    "quadratic_kappa": kappa("quadratic"),
    "log_loss": of_labels(metrics.log_loss),
    "brier": of_labels(metrics.brier_score_loss),
    "binary_cross_entropy": torch_loss("binary_cross_entropy"),
    "roc_auc": metrics.roc_auc_score,
    "average_precision": metrics.average_precision_score,
    "hinge": hinge,
    "categorical_cross_entropy": categorical_cross_entropy,
    "roc_auc_ovr": of_labels(metrics.roc_auc_score, multi_class="ovr"),
    "top_k_accuracy": of_labels(metrics.top_k_accuracy_score),
    "kl_divergence": lambda t, p: scipy_special.rel_entr(t, p).sum(axis=1).mean(),
    "mse": metrics.mean_squared_error,
    "rmse": metrics.root_mean_squared_error,
    "mae": metrics.mean_absolute_error,
    "median_ae": metrics.median_absolute_error,
    "mape": metrics.mean_absolute_percentage_error,
    "smape": smape,
    "rmsle": metrics.root_mean_squared_log_error,
    "r2": metrics.r2_score,
    "explained_variance": metrics.explained_variance_score,
    "huber": torch_loss("huber_loss"),
    "pinball": lambda t, p, quantile: metrics.mean_pinball_loss(t, p, alpha=quantile),
    "poisson_deviance": metrics.mean_poisson_deviance,
    "pearson": lambda t, p: scipy_stats.pearsonr(t, p).statistic,
    "spearman": lambda t, p: scipy_stats.spearmanr(t, p).statistic,
    "ndcg": ndcg,
    "map_at_k": map_at_k,
    "cases_passed": lambda weights, passed: np.average(passed, weights=weights),
}
