"""The library's own functions, where it has them, and slopes from the functions' values."""

import numpy as np
from scipy import special


def step(z):
    return np.heaviside(z, 1)


def sigmoid(z):
    return special.expit(z)


def tanh(z):
    return np.tanh(z)


def relu(z):
    return np.clip(z, 0, None)


def leaky_relu(z, slope=0.01):
    return np.maximum(z, slope * z)


def softmax(z):
    return special.softmax(z, axis=-1)


def sigmoid_gradient(z):
    return sigmoid(z) - sigmoid(z) ** 2


def tanh_gradient(z):
    # Where cosh is too large for a float, 1 / inf is 0, and so is the slope.
    with np.errstate(over="ignore"):
        return 1 / np.cosh(z) ** 2


def relu_gradient(z):
    return np.heaviside(z, 0)


def leaky_relu_gradient(z, slope=0.01):
    return slope + (1 - slope) * relu_gradient(z)


def softmax_gradient(z):
    share = softmax(z)
    return share[:, None] * (np.eye(len(z)) - share)
