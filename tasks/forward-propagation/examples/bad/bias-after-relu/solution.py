"""Adds the bias after ReLU, where it can no longer switch a node off."""

import numpy as np


def node(inputs, weights):
    return np.dot(inputs, weights)


def relu(x):
    return np.maximum(0, x)


def hidden_layer(inputs, weights):
    return np.maximum(0, weights @ inputs)


def linear_network(inputs, hidden_weights, output_weights):
    return output_weights @ (hidden_weights @ inputs)


def relu_network(inputs, hidden_weights, output_weights):
    return output_weights @ hidden_layer(inputs, hidden_weights)


def batch_network(X, layers):
    values = X
    for layer in layers[:-1]:
        values = np.maximum(0, values @ layer["weights"].T) + layer["bias"]
    return values @ layers[-1]["weights"].T + layers[-1]["bias"]
