"""The right functions. The expected value of a case that states none is what these return."""

import numpy as np


def real(values):
    """The values as an array of float64."""
    return np.asarray(values, dtype=np.float64)


def node(inputs, weights):
    return float(real(inputs) @ real(weights))


def relu(x):
    return np.maximum(real(x), 0.0)


def hidden_layer(inputs, weights):
    return relu(real(weights) @ real(inputs))


def linear_network(inputs, hidden_weights, output_weights):
    return node(real(hidden_weights) @ real(inputs), output_weights)


def relu_network(inputs, hidden_weights, output_weights):
    return node(hidden_layer(inputs, hidden_weights), output_weights)


def batch_network(X, layers):
    values = real(X)
    for number, layer in enumerate(layers, start=1):
        values = values @ real(layer["weights"]).T + real(layer["bias"])
        if number < len(layers):
            values = relu(values)
    return values
