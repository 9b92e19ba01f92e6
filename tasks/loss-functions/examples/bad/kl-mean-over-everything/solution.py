"""Wrong: the mean over all numbers, where the mean over the rows was asked for."""

import numpy as np


def mse(prediction, target):
    return np.mean((prediction - target) ** 2)


def mse_gradient(prediction, target):
    return 2 * (prediction - target) / prediction.size


def mae(prediction, target):
    return np.mean(np.abs(prediction - target))


def mae_gradient(prediction, target):
    return np.sign(prediction - target) / prediction.size


def binary_cross_entropy(logits, labels):
    # log(1 + exp(z)) - y z, written so that exp never sees a positive number.
    return np.mean(np.maximum(logits, 0) - labels * logits + np.log1p(np.exp(-np.abs(logits))))


def binary_cross_entropy_gradient(logits, labels):
    small = np.exp(-np.abs(logits))
    probability = np.where(logits >= 0, 1, small) / (1 + small)
    return (probability - labels) / logits.size


def log_softmax(logits):
    shifted = logits - logits.max(axis=1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))


def cross_entropy(logits, classes):
    rows = np.arange(len(classes))
    return -np.mean(log_softmax(logits)[rows, classes])


def cross_entropy_gradient(logits, classes):
    gradient = np.exp(log_softmax(logits))
    gradient[np.arange(len(classes)), classes] -= 1
    return gradient / len(classes)


def hinge(scores, labels):
    return np.mean(np.maximum(0, 1 - labels * scores))


def hinge_gradient(scores, labels):
    inside = labels * scores < 1
    return np.where(inside, -labels, 0) / scores.size


def kl_divergence(p, q):
    happens = p > 0
    with np.errstate(divide="ignore"):  # where q calls impossible what happens, the loss is inf
        return np.sum(p[happens] * (np.log(p[happens]) - np.log(q[happens]))) / p.size


def kl_divergence_gradient(p, q):
    gradient = np.zeros_like(p)
    happens = p > 0
    gradient[happens] = -p[happens] / q[happens]
    return gradient / p.size


def huber(prediction, target, delta=1.0):
    error = np.abs(prediction - target)
    return np.mean(np.where(error <= delta, error**2 / 2, delta * (error - delta / 2)))


def huber_gradient(prediction, target, delta=1.0):
    return np.clip(prediction - target, -delta, delta) / prediction.size
