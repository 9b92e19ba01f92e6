"""Metrics of predicted labels and probabilities, by scikit-learn's definitions.

Labels arrive as codes: the position of each in the task's ``labels``. Of two labels the second, code 1, is the
positive one.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


def accuracy(y_true: Array, y_pred: Array) -> float:
    """Share of rows whose label is right."""
    from sklearn.metrics import accuracy_score

    return float(accuracy_score(y_true, y_pred))


def balanced_accuracy(y_true: Array, y_pred: Array) -> float:
    """Mean recall over the classes that occur in ``y_true``."""
    from sklearn.metrics import recall_score

    present = np.unique(y_true)
    return float(recall_score(y_true, y_pred, labels=present, average="macro", zero_division=0.0))


def f1(y_true: Array, y_pred: Array) -> float:
    """F1 of the positive class; 0 where nothing is predicted positive."""
    from sklearn.metrics import f1_score

    return float(f1_score(y_true, y_pred, pos_label=1, zero_division=0.0))


def log_loss(y_true: Array, y_pred: Array) -> float:
    """Mean negative log likelihood in nats; ``y_pred`` is the probability of the positive label."""
    from sklearn.metrics import log_loss as reference

    return float(reference(y_true, y_pred, labels=[0, 1]))


def roc_auc(y_true: Array, y_pred: Array) -> float:
    """Area under the ROC curve; ``y_pred`` is the probability of the positive label."""
    from sklearn.metrics import roc_auc_score

    return float(roc_auc_score(y_true, y_pred))
