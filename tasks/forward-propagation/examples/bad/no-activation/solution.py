"""Forgets ReLU in the hidden layers: however many layers there are, they then draw one straight line."""

import numpy as np


def node(inputs, weights):
    return np.dot(inputs, weights)


def relu(x):
    return np.maximum(0, x)


def hidden_layer(inputs, weights):
    return weights @ inputs


def linear_network(inputs, hidden_weights, output_weights):
    return output_weights @ (hidden_weights @ inputs)


def relu_network(inputs, hidden_weights, output_weights):
    return output_weights @ hidden_layer(inputs, hidden_weights)


def batch_network(X, layers):
    values = X
    for layer in layers:
        values = values @ layer["weights"].T + layer["bias"]
    return values
