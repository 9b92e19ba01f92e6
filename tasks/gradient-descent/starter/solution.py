"""Gradient descent: seven functions to write. Replace each ``raise NotImplementedError`` by your code.

``w`` and ``slope`` are numbers or NumPy arrays; ``weights``, ``x``, ``X`` and ``targets`` are NumPy arrays. Leave the
arguments as they are.
"""

import numpy as np


def square_slope(w):
    """The derivative of w² at w.

    w is a number or an array of shape (n,). Returns the same shape.
    """
    raise NotImplementedError


def step(w, slope, learning_rate):
    """The weight after one step downhill.

    w and slope are numbers, or arrays of shape (n,). Returns the same shape.
    """
    raise NotImplementedError


def descend(w, learning_rate, steps):
    """The weights after each of so many steps down w², as a list: the first is the one after the first step.

    w is a number. Returns as many numbers as there are steps.
    """
    raise NotImplementedError


def linear_error(weights, x, target):
    """How much the prediction of a linear neuron is too large: weights · x − target.

    weights and x have the shape (n,), target is a number. Returns one number.
    """
    raise NotImplementedError


def linear_slope(weights, x, target):
    """The slope of the squared error for each weight.

    weights and x have the shape (n,), target is a number. Returns the shape (n,).
    """
    raise NotImplementedError


def linear_descend(weights, x, target, learning_rate, steps):
    """The weights after so many steps downhill on the squared error.

    weights and x have the shape (n,), target is a number. Returns the shape (n,).
    """
    raise NotImplementedError


def batch_slope(weights, X, targets):
    """The slope of the mean squared error of many rows, for each weight.

    weights has the shape (n,), X the shape (rows, n) and targets the shape (rows,), with at least one row.
    Returns the shape (n,).
    """
    raise NotImplementedError
