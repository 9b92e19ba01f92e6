"""What is right, for the scorer alone."""

import numpy as np


def step(z):
    return np.where(z >= 0, 1, 0)


def sigmoid(z):
    # exp of a negative number never overflows; for z < 0 the fraction is extended by exp(z).
    small = np.exp(-np.abs(z))
    return np.where(z >= 0, 1, small) / (1 + small)


def tanh(z):
    return np.tanh(z)


def relu(z):
    return np.maximum(z, 0)


def leaky_relu(z, slope=0.01):
    return np.where(z > 0, z, slope * z)


def softmax(z):
    shifted = np.exp(z - z.max(axis=-1, keepdims=True))
    return shifted / shifted.sum(axis=-1, keepdims=True)


def sigmoid_gradient(z):
    return sigmoid(z) * sigmoid(-z)


def tanh_gradient(z):
    return 4 * sigmoid_gradient(2 * z)


def relu_gradient(z):
    return np.where(z > 0, 1.0, 0.0)


def leaky_relu_gradient(z, slope=0.01):
    return np.where(z > 0, 1.0, slope)


def softmax_gradient(z):
    share = softmax(z)
    return np.diag(share) - np.outer(share, share)
