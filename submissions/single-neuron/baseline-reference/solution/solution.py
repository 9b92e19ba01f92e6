"""Baseline: a class that keeps the weights, trained with one column of sums at a time. The sigmoid is half a tanh,
which never overflows: sigmoid(x) = (1 + tanh(x / 2)) / 2."""

import numpy as np


def sigmoid(x):
    return 0.5 + 0.5 * np.tanh(np.asarray(x, dtype=float) / 2)


def sigmoid_slope(output):
    return np.asarray(output) - np.square(output)


class Neuron:
    def __init__(self, weights):
        self.weights = np.array(weights, dtype=float)

    def think(self, inputs):
        return sigmoid(np.dot(inputs, self.weights))

    def correction(self, X, y):
        output = self.think(X)
        return np.einsum("ri,r->i", X, (y - output) * sigmoid_slope(output))

    def learn(self, X, y, iterations):
        for _ in range(iterations):
            self.weights += self.correction(X, y)
        return self


def predict(inputs, weights):
    return Neuron(weights).think(inputs)


def adjustment(X, y, weights):
    return Neuron(weights).correction(X, y)


def train(X, y, weights, iterations):
    return Neuron(weights).learn(X, y, iterations).weights


def answer(X, y, weights, iterations, question):
    return Neuron(weights).learn(X, y, iterations).think(question)
