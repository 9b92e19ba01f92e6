"""Wrong: the slope is always 0.01, whatever the caller says."""

import numpy as np


def step(z):
    return (z >= 0).astype(float)


def sigmoid(z):
    result = np.empty(z.shape)
    positive = z >= 0
    result[positive] = 1 / (1 + np.exp(-z[positive]))
    # For a negative z, exp(z) is small; the formula above would need exp(-z), which can be too large for a float.
    small = np.exp(z[~positive])
    result[~positive] = small / (1 + small)
    return result


def tanh(z):
    return 2 * sigmoid(2 * z) - 1


def relu(z):
    return z * (z > 0)


def leaky_relu(z, slope=0.01):
    slope = 0.01
    return np.maximum(z, 0) + slope * np.minimum(z, 0)


def softmax(z):
    # Taking the same number from all of them changes no share, and the largest exponent becomes 0.
    powers = np.exp(z - np.max(z, axis=-1, keepdims=True))
    return powers / np.sum(powers, axis=-1, keepdims=True)


def sigmoid_gradient(z):
    s = sigmoid(z)
    return s * (1 - s)


def tanh_gradient(z):
    return 1 - tanh(z) ** 2


def relu_gradient(z):
    return (z > 0).astype(float)


def leaky_relu_gradient(z, slope=0.01):
    slope = 0.01
    result = np.full(z.shape, slope)
    result[z > 0] = 1
    return result


def softmax_gradient(z):
    s = softmax(z)
    jacobian = np.empty((len(s), len(s)))
    for i in range(len(s)):
        for j in range(len(s)):
            jacobian[i, j] = s[i] * ((1 if i == j else 0) - s[j])
    return jacobian
