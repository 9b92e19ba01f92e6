"""Activation functions: eleven to write. Replace each ``raise NotImplementedError`` by your code.

``z`` is a NumPy array of any shape, of floats or whole numbers. Return a new array of the same shape and leave ``z`` as
it is.
"""

import numpy as np


def step(z):
    """1 where z >= 0, else 0."""
    raise NotImplementedError


def sigmoid(z):
    """1 / (1 + exp(-z)), also for very large z of both signs."""
    raise NotImplementedError


def tanh(z):
    """(exp(z) - exp(-z)) / (exp(z) + exp(-z)), also for very large z of both signs."""
    raise NotImplementedError


def relu(z):
    """The larger of z and 0."""
    raise NotImplementedError


def leaky_relu(z, slope=0.01):
    """The number itself where z > 0, else slope times z."""
    raise NotImplementedError


def softmax(z):
    """exp(z) divided by the sum of exp(z), both along the last axis; also for very large z."""
    raise NotImplementedError


def sigmoid_gradient(z):
    """The slope of the sigmoid at z."""
    raise NotImplementedError


def tanh_gradient(z):
    """The slope of tanh at z."""
    raise NotImplementedError


def relu_gradient(z):
    """1 where z > 0, else 0."""
    raise NotImplementedError


def leaky_relu_gradient(z, slope=0.01):
    """1 where z > 0, else slope."""
    raise NotImplementedError


def softmax_gradient(z):
    """The slope of each share for each number: z has the shape (n,), the result the shape (n, n)."""
    raise NotImplementedError
