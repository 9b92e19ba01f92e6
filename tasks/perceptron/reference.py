"""What is right, for the scorer alone."""

from itertools import product

import numpy as np

GATES = {
    "AND": ([1.0, 1.0], -1.5),
    "OR": ([1.0, 1.0], -0.5),
    "NAND": ([-1.0, -1.0], 1.5),
    "NOT": ([-1.0], 0.5),
}
EPOCHS = 1000


def step(z):
    return int(z >= 0)


def neuron(x, weights, bias):
    return step(np.dot(x, weights) + bias)


def gate(name):
    if name not in GATES:
        raise ValueError(f"no single neuron is {name}")
    return GATES[name]


def learn(weights, bias, x, target, rate):
    change = rate * (target - neuron(x, weights, bias))
    return np.asarray(weights) + change * np.asarray(x), bias + change


def train(X, y, rate, epochs):
    weights, bias = np.zeros(X.shape[1]), 0.0
    for _ in range(epochs):
        for x, target in zip(X, y, strict=True):
            weights, bias = learn(weights, bias, x, target, rate)
    return weights, bias


def separable(X, y):
    # The perceptron convergence theorem (Novikoff 1962): where a line exists, the number of mistakes is finite.
    weights, bias = np.zeros(X.shape[1]), 0.0
    for _ in range(EPOCHS):
        for x, target in zip(X, y, strict=True):
            weights, bias = learn(weights, bias, x, target, 1.0)
        if right(X, y, weights, bias) == len(y):
            return True
    return False


def right(X, y, weights, bias):
    return sum(neuron(x, weights, bias) == target for x, target in zip(X, y, strict=True))


def most_right(X, y, values):
    tries = product(values, repeat=X.shape[1] + 1)
    return max(right(X, y, np.array(weights), bias) for *weights, bias in tries)
