"""The perceptron: seven functions to write. Replace each ``raise NotImplementedError`` by your code.

``x`` and ``weights`` are NumPy arrays of shape (n,), ``X`` has the shape (rows, n), ``y`` one 0 or 1 for each row.
Leave the arguments as they are.
"""

import numpy as np


def step(z):
    """1 if the number z is 0 or more, else 0."""
    raise NotImplementedError


def neuron(x, weights, bias):
    """The neuron's answer: the step of the weighted sum of its inputs plus the bias.

    x and weights have the shape (n,), bias is a number. Returns 0 or 1.
    """
    raise NotImplementedError


def gate(name):
    """Weights and bias of a neuron that is the gate "AND", "OR", "NAND" (two inputs) or "NOT" (one input).

    Returns a pair: the weights, one for each input, and the bias. Raises ValueError for "XOR" and "XNOR".
    """
    raise NotImplementedError


def learn(weights, bias, x, target, rate):
    """One step of Rosenblatt's rule: the error is target minus answer.

    weights and x have the shape (n,), the others are numbers. Returns a pair: the new weights and the new bias.
    """
    raise NotImplementedError


def train(X, y, rate, epochs):
    """Begin with zeros and learn from the points in their order, so many times through all of them.

    X has the shape (rows, n), y the shape (rows,). Returns a pair: weights and bias.
    """
    raise NotImplementedError


def separable(X, y):
    """Whether a straight line (with three inputs: a plane) has all 1s on one side and all 0s on the other.

    X has the shape (rows, n), y the shape (rows,). Returns True or False.
    """
    raise NotImplementedError


def most_right(X, y, values):
    """How many points the best neuron gets right whose weights and bias are all in the list values.

    X has the shape (rows, n), y the shape (rows,). Returns a whole number.
    """
    raise NotImplementedError
