"""Measures the slope over a small distance instead of deriving it: 8.001 for 8."""

import numpy as np


def square_slope(w):
    h = 0.001
    return ((w + h) ** 2 - w**2) / h


def step(w, slope, learning_rate):
    return w - learning_rate * slope


def descend(w, learning_rate, steps):
    weights = []
    for _ in range(steps):
        w = w - learning_rate * 2 * w
        weights.append(w)
    return weights


def linear_error(weights, x, target):
    return np.dot(weights, x) - target


def linear_slope(weights, x, target):
    return 2 * x * linear_error(weights, x, target)


def linear_descend(weights, x, target, learning_rate, steps):
    for _ in range(steps):
        weights = weights - learning_rate * 2 * x * (np.dot(weights, x) - target)
    return weights


def batch_slope(weights, X, targets):
    return 2 * X.T @ (X @ weights - targets) / len(X)
