"""With the functions of NumPy and SciPy that were made for this."""

import numpy as np
from scipy import special


def mse(prediction, target):
    error = (prediction - target).ravel()
    return error @ error / error.size


def mse_gradient(prediction, target):
    return (prediction - target) * (2 / target.size)


def mae(prediction, target):
    return abs(prediction - target).mean()


def mae_gradient(prediction, target):
    return np.where(prediction == target, 0, np.where(prediction > target, 1, -1)) / target.size


def binary_cross_entropy(logits, labels):
    return np.where(labels == 1, np.logaddexp(0, -logits), np.logaddexp(0, logits)).mean()


def binary_cross_entropy_gradient(logits, labels):
    return np.where(labels == 1, -special.expit(-logits), special.expit(logits)) / len(logits)


def cross_entropy(logits, classes):
    return np.mean(special.logsumexp(logits, axis=1) - np.take_along_axis(logits, classes[:, None], axis=1)[:, 0])


def cross_entropy_gradient(logits, classes):
    return (special.softmax(logits, axis=1) - np.eye(logits.shape[1])[classes]) / len(logits)


def hinge(scores, labels):
    return np.clip(1 - labels * scores, 0, None).mean()


def hinge_gradient(scores, labels):
    return -labels * (labels * scores < 1) / len(labels)


def kl_divergence(p, q):
    return special.rel_entr(p, q).sum(axis=1).mean()


def kl_divergence_gradient(p, q):
    # Where p is 0 the slope is 0, also where q is 0 too.
    return -np.divide(p, q, out=np.zeros_like(q), where=p > 0) / len(p)


def huber(prediction, target, delta=1.0):
    return special.huber(delta, prediction - target).mean()


def huber_gradient(prediction, target, delta=1.0):
    error = prediction - target
    return error / np.maximum(1, np.abs(error) / delta) / error.size
