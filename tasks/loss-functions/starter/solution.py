"""Loss functions: seven losses and their slopes. Replace each ``raise NotImplementedError`` by your code.

All arguments are NumPy arrays. A loss is one number, a mean; a gradient has the shape of what the model gave. Leave the
arguments as they are.
"""

import numpy as np


def mse(prediction, target):
    """The mean of the squared errors, over all numbers of two arrays of the same shape."""
    raise NotImplementedError


def mse_gradient(prediction, target):
    """The slope of mse for each prediction."""
    raise NotImplementedError


def mae(prediction, target):
    """The mean of the absolute errors, over all numbers of two arrays of the same shape."""
    raise NotImplementedError


def mae_gradient(prediction, target):
    """The slope of mae for each prediction; 0 where the error is 0."""
    raise NotImplementedError


def huber(prediction, target, delta=1.0):
    """The mean of half the squared error up to delta, and of a straight line beyond."""
    raise NotImplementedError


def huber_gradient(prediction, target, delta=1.0):
    """The slope of huber for each prediction."""
    raise NotImplementedError


def binary_cross_entropy(logits, labels):
    """The mean of -log of the probability that sigmoid(logit) gives to the label, 0 or 1. Both have the shape (n,)."""
    raise NotImplementedError


def binary_cross_entropy_gradient(logits, labels):
    """The slope of binary_cross_entropy for each logit."""
    raise NotImplementedError


def cross_entropy(logits, classes):
    """The mean of -log of the share that the softmax of a row gives to its class.

    logits has the shape (n, count), classes the shape (n,), whole numbers from 0.
    """
    raise NotImplementedError


def cross_entropy_gradient(logits, classes):
    """The slope of cross_entropy for each logit, of shape (n, count)."""
    raise NotImplementedError


def hinge(scores, labels):
    """The mean of max(0, 1 - label * score) for labels -1 and 1. Both have the shape (n,)."""
    raise NotImplementedError


def hinge_gradient(scores, labels):
    """The slope of hinge for each score; 0 where label * score is exactly 1."""
    raise NotImplementedError


def kl_divergence(p, q):
    """The mean over the rows of the sum of p * log(p / q); p is the truth, q what the model believes.

    Both have the shape (n, count), and each row adds up to 1.
    """
    raise NotImplementedError


def kl_divergence_gradient(p, q):
    """The slope of kl_divergence for each number of q, of shape (n, count); 0 where p is 0."""
    raise NotImplementedError
