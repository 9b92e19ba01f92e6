"""A score with the influence of each row on it, by the simplest way that its metric allows.

- A mean over rows: each row's part less the mean; of ``finish`` of a mean (RMSE), that times its derivative there.
- A function of the confusion matrix (F1 and its kin), or of moments (R²): by its derivatives (``gradients``,
  ``moments``).
- The area under the ROC curve: DeLong's placements (``placements``).
- Any other: 400 draws of rows with replacement (``replicates``).
"""

import math
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from arena.metrics import moments, placements
from arena.metrics.classification import confusion, right
from arena.metrics.gradients import GRADIENTS
from arena.metrics.replicates import REPLICATES, replicates
from arena.metrics.rows import BLOCK, Losses
from arena.model.influence import LARGEST_INFLUENCE, Influence, Kind
from arena.model.metric import Metric

Array = NDArray[Any]
Floats = NDArray[np.float64]

_MOMENTS: Mapping[str, Callable[[Floats, Floats], Floats]] = {
    "r2": moments.r2,
    "explained_variance": moments.explained_variance,
    "pearson": moments.pearson,
}
_PLACEMENTS: Mapping[str, Callable[[Array, Floats], tuple[Floats, int]]] = {
    "roc_auc": placements.roc_auc,
    "roc_auc_ovr": placements.roc_auc_ovr,
}
# Metrics that are a mean over rows where each row has one label, though their definition does not say so.
_PARTS: Mapping[str, Losses] = {"f1_micro": right}
# What a function of a mean changes by, where that is no mean any more.
_DERIVATIVES: Mapping[Callable[[float], float], Callable[[float], float]] = {
    float: lambda _: 1.0,
    math.sqrt: lambda mean: 0.5 / math.sqrt(mean) if mean else 0.0,
}


def is_closed_form(metric: Metric) -> bool:
    """Whether a metric's influences are computed at once, and not by drawing rows again and again."""
    is_mean = (metric.losses is not None or metric.name in _PARTS) and metric.finish in _DERIVATIVES
    return is_mean or any(metric.name in known for known in (GRADIENTS, _MOMENTS, _PLACEMENTS))


def influence(metric: Metric, y_true: Array, y_pred: Array, *, seed: int) -> Influence:
    """The score of ``y_pred`` against ``y_true``, as the metric takes them, with the influence of each row.

    ``seed`` decides which rows are drawn, where they are: the same for all submissions that will be compared.

    Raises:
        UndefinedError: the metric has no value for this truth.
    """
    score = metric.score(y_true, y_pred)
    kind, df = Kind.MEAN, len(y_true) - 1
    losses = metric.losses or _PARTS.get(metric.name)
    with np.errstate(all="ignore"):
        if losses is not None and metric.finish in _DERIVATIVES:
            parts = _in_blocks(losses, y_true, y_pred)
            kind = Kind.PROPORTION if parts.dtype == np.bool_ and metric.finish is float else Kind.MEAN
            mean = float(np.mean(parts))
            phi = (parts - mean) * _DERIVATIVES[metric.finish](mean)
        elif metric.name in GRADIENTS:
            counts = confusion(y_true, y_pred, classes=2)
            phi = GRADIENTS[metric.name](counts / len(y_true))[y_true, y_pred]
        elif metric.name in _MOMENTS:
            phi = _MOMENTS[metric.name](y_true, y_pred)
        elif metric.name in _PLACEMENTS:
            phi, df = _PLACEMENTS[metric.name](y_true, y_pred)
        else:
            kind, phi, df = _resampled(metric, y_true, y_pred, seed)
        phi = phi - np.mean(phi)
    score, phi = _bounded(score, phi)
    return Influence(score=score, phi=phi, kind=kind, df=df)


def _bounded(score: float, phi: Floats) -> tuple[float, Floats]:
    """Both as they are, or on a smaller scale where squares would be infinite: that leaves their ratio, and the test.

    Only errors that no one makes by mistake are so large. Where the influences are not even finite, one row stands for
    them all: it makes the score as unsure as it can be, so that nothing is told apart by it.
    """
    largest = float(np.max(np.abs(phi)))
    if largest <= LARGEST_INFLUENCE:
        return score, phi
    if not math.isfinite(largest):
        bound = LARGEST_INFLUENCE / len(phi)
        one = np.full(len(phi), -bound)
        one[0] += LARGEST_INFLUENCE
        return min(max(score, -bound), bound), one
    scale = LARGEST_INFLUENCE / largest
    return score * scale, phi * scale


def _in_blocks(losses: Losses, y_true: Array, y_pred: Array) -> Array:
    """Each row's part, made block by block: of many columns nothing large is kept."""
    return np.concatenate(
        [losses(y_true[at : at + BLOCK], y_pred[at : at + BLOCK]) for at in range(0, len(y_true), BLOCK)]
    )


def _resampled(metric: Metric, y_true: Array, y_pred: Array, seed: int) -> tuple[Kind, Floats, int]:
    """Replicates, scaled so that the sum of squares over size(size - 1) is their variance."""
    found = replicates(metric.score, y_true, y_pred, seed=seed)
    if found is None:
        return Kind.REPLICATES, np.zeros(REPLICATES), 0
    return Kind.REPLICATES, (found - np.mean(found)) * np.sqrt(REPLICATES), min(len(y_true), REPLICATES) - 1
