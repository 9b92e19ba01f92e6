"""Takes the error the wrong way round and so learns the opposite."""

import numpy as np


def sigmoid(x):
    return 1 / (1 + np.exp(-np.clip(x, -700, 700)))


def sigmoid_slope(output):
    return output * (1 - output)


def predict(inputs, weights):
    return sigmoid(inputs @ weights)


def adjustment(X, y, weights):
    outputs = predict(X, weights)
    return X.T @ ((outputs - y) * sigmoid_slope(outputs))


def train(X, y, weights, iterations):
    for _ in range(iterations):
        weights = weights + adjustment(X, y, weights)
    return weights


def answer(X, y, weights, iterations, question):
    return predict(question, train(X, y, weights, iterations))
