"""The right functions. The expected value of a case that states none is what these return."""

import numpy as np


def real(values):
    """The values as an array of float64."""
    return np.asarray(values, dtype=np.float64)


def sigmoid(x):
    small = np.exp(-np.abs(real(x)))  # never above 1, so that nothing overflows
    return np.where(real(x) >= 0, 1.0, small) / (1.0 + small)


def sigmoid_slope(output):
    return real(output) * (1.0 - real(output))


def predict(inputs, weights):
    return sigmoid(real(inputs) @ real(weights))


def adjustment(X, y, weights):
    outputs = predict(X, weights)
    return real(X).T @ ((real(y) - outputs) * sigmoid_slope(outputs))


def train(X, y, weights, iterations):
    weights = real(weights)
    for _ in range(iterations):
        weights = weights + adjustment(X, y, weights)
    return weights


def answer(X, y, weights, iterations, question):
    return predict(question, train(X, y, weights, iterations))
