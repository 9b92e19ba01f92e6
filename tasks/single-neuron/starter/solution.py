"""A single neuron: six functions to write. Replace each ``raise NotImplementedError`` by your code.

X, y, weights and question are NumPy arrays: X has the shape (rows, n), y the shape (rows,), weights and question the
shape (n,). Leave the arguments as they are.
"""

import numpy as np


def sigmoid(x):
    """Squeeze any number into the range from 0 to 1: 1 / (1 + e to the power of −x).

    x is a number or an array of any shape, and may be very large or very negative. Returns the same shape.
    """
    raise NotImplementedError


def sigmoid_slope(output):
    """The slope of the sigmoid where its *output* is this: output · (1 − output).

    output is a number or an array of any shape. Returns the same shape.
    """
    raise NotImplementedError


def predict(inputs, weights):
    """The output of the neuron: the sigmoid of inputs · weights.

    inputs has the shape (n,) and the output is one number, or (rows, n) and the output has the shape (rows,).
    """
    raise NotImplementedError


def adjustment(X, y, weights):
    """What one iteration adds to the weights: input · error · slope, summed over all rows. Returns the shape (n,)."""
    raise NotImplementedError


def train(X, y, weights, iterations):
    """The weights after so many iterations, beginning with these. Returns the shape (n,)."""
    raise NotImplementedError


def answer(X, y, weights, iterations, question):
    """Train, then give the prediction for one new row. Returns one number."""
    raise NotImplementedError
