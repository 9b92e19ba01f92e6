"""Changes the weights after every row, so that the next row meets other weights."""

import numpy as np


def sigmoid(x):
    return 1 / (1 + np.exp(-np.clip(x, -700, 700)))


def sigmoid_slope(output):
    return output * (1 - output)


def predict(inputs, weights):
    return sigmoid(inputs @ weights)


def adjustment(X, y, weights):
    outputs = predict(X, weights)
    return X.T @ ((y - outputs) * sigmoid_slope(outputs))


def train(X, y, weights, iterations):
    for _ in range(iterations):
        for i in range(len(X)):
            weights = weights + adjustment(X[i : i + 1], y[i : i + 1], weights)
    return weights


def answer(X, y, weights, iterations, question):
    return predict(question, train(X, y, weights, iterations))
