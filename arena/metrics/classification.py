"""Metrics of predicted labels and probabilities, by scikit-learn's definitions, to the last bit.

What is a line of counting is counted here: scikit-learn's own checks cost more than all else that grading does.

Labels arrive as codes: the position of each in the task's ``labels``. Of two labels the second, code 1, is the
positive one.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


def accuracy(y_true: Array, y_pred: Array) -> float:
    """Share of rows whose label is right."""
    return float(np.mean(y_true == y_pred))


def balanced_accuracy(y_true: Array, y_pred: Array) -> float:
    """Mean recall over the classes that occur in ``y_true``."""
    right = y_true == y_pred
    return float(np.mean([np.mean(right[y_true == code]) for code in np.unique(y_true)]))


def f1(y_true: Array, y_pred: Array) -> float:
    """F1 of the positive class; 0 where nothing is predicted positive."""
    positive, predicted = y_true == 1, y_pred == 1
    both = int(np.sum(positive)) + int(np.sum(predicted))
    return 2 * int(np.sum(positive & predicted)) / both if both else 0.0


def log_loss(y_true: Array, y_pred: Array) -> float:
    """Mean negative log likelihood in nats; ``y_pred`` is the probability of the positive label."""
    from sklearn.metrics import log_loss as reference

    return float(reference(y_true, y_pred, labels=[0, 1]))


def roc_auc(y_true: Array, y_pred: Array) -> float:
    """Area under the ROC curve; ``y_pred`` is the probability of the positive label."""
    from sklearn.metrics import roc_auc_score

    return float(roc_auc_score(y_true, y_pred))
