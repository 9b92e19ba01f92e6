"""Weighs the error by the input alone: a neuron that is very sure then learns as fast as any other."""

import numpy as np


def sigmoid(x):
    return 1 / (1 + np.exp(-np.clip(x, -700, 700)))


def sigmoid_slope(output):
    return output * (1 - output)


def predict(inputs, weights):
    return sigmoid(inputs @ weights)


def adjustment(X, y, weights):
    return X.T @ (y - predict(X, weights))


def train(X, y, weights, iterations):
    for _ in range(iterations):
        weights = weights + adjustment(X, y, weights)
    return weights


def answer(X, y, weights, iterations, question):
    return predict(question, train(X, y, weights, iterations))
