"""Puts the starting weight at the front of the list, which then is one too long."""

import numpy as np


def square_slope(w):
    return 2 * w


def step(w, slope, learning_rate):
    return w - learning_rate * slope


def descend(w, learning_rate, steps):
    weights = [w]
    for _ in range(steps):
        weights.append(step(weights[-1], square_slope(weights[-1]), learning_rate))
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
