"""Influences on the area under the ROC curve: where each row's score falls among those of the other class.

E. R. DeLong, D. M. DeLong, D. L. Clarke-Pearson, Comparing the areas under two or more correlated receiver operating
characteristic curves: a nonparametric approach, Biometrics 44 (1988).
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def roc_auc(y_true: NDArray[Any], y_pred: Floats) -> tuple[Floats, int]:
    """Centred placements of all rows, and their degrees of freedom: one less than the rarer class has rows.

    DeLong's variance is that of the positive placements' mean plus that of the negative ones'. Each class is scaled so
    that the sum of all squares over n(n - 1) is exactly that. Of a lone row of a class nothing is known.
    """
    positive = y_true == 1
    found, others = y_pred[positive], y_pred[~positive]
    phi = np.empty(len(y_true))
    phi[positive] = _scaled(_share_below(found, others), len(y_true))
    phi[~positive] = _scaled(1 - _share_below(others, found), len(y_true))
    return phi, min(len(found), len(others)) - 1


def roc_auc_ovr(y_true: NDArray[Any], y_pred: Floats) -> tuple[Floats, int]:
    """The mean over the labels of each label's influences against the rest."""
    each = [roc_auc(y_true == label, column) for label, column in enumerate(y_pred.T)]
    return np.mean([phi for phi, _ in each], axis=0), min(df for _, df in each)


def _share_below(values: Floats, others: Floats) -> Floats:
    """Of each value the share of the others that are less, those that are equal counted half."""
    ordered = np.sort(others)
    return (np.searchsorted(ordered, values, "left") + np.searchsorted(ordered, values, "right")) / (2 * len(ordered))


def _scaled(placements: Floats, rows: int) -> Floats:
    own = len(placements)
    if own == 1:
        return np.zeros(1)
    return (placements - np.mean(placements)) * np.sqrt(rows * (rows - 1) / (own * (own - 1)))
