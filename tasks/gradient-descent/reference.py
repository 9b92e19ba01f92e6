"""The right functions. The expected value of a case that states none is what these return."""

import numpy as np


def real(values):
    """The values as an array of float64."""
    return np.asarray(values, dtype=np.float64)


def square_slope(w):
    return 2.0 * real(w)


def step(w, slope, learning_rate):
    return real(w) - learning_rate * real(slope)


def descend(w, learning_rate, steps):
    weights = []
    for _ in range(steps):
        w = float(step(w, square_slope(w), learning_rate))
        weights.append(w)
    return weights


def linear_error(weights, x, target):
    return float(real(weights) @ real(x) - target)


def linear_slope(weights, x, target):
    return 2.0 * real(x) * linear_error(weights, x, target)


def linear_descend(weights, x, target, learning_rate, steps):
    weights = real(weights)
    for _ in range(steps):
        weights = step(weights, linear_slope(weights, x, target), learning_rate)
    return weights


def batch_slope(weights, X, targets):
    errors = real(X) @ real(weights) - real(targets)
    return 2.0 * real(X).T @ errors / len(errors)
