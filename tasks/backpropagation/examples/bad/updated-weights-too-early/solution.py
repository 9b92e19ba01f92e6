"""Changes the output weights first and then sends the error back through the new ones."""

import numpy as np


def relu_slope(x):
    return np.where(np.asarray(x) > 0, 1.0, 0.0)


def loss_slope(prediction, target):
    return 2 * (prediction - target)


def weight_slope(node_value, activation_slope, loss_slope):
    return node_value * activation_slope * loss_slope


def layer_slopes(node_values, activation_slopes, loss_slopes):
    return np.outer(activation_slopes * loss_slopes, node_values)


def forward(x, target, network):
    hidden = np.maximum(0, network["W1"] @ x + network["b1"])
    prediction = network["W2"] @ hidden + network["b2"]
    return {"hidden": hidden, "prediction": prediction, "loss": (prediction - target) ** 2}


def gradients(x, target, network):
    sums = network["W1"] @ x + network["b1"]
    hidden = np.maximum(0, sums)
    at_output = 2 * (network["W2"] @ hidden + network["b2"] - target)
    at_hidden = at_output * network["W2"] * relu_slope(sums)
    return {"W1": np.outer(at_hidden, x), "b1": at_hidden, "W2": at_output * hidden, "b2": at_output}


def batch_gradients(X, targets, network):
    rows = [gradients(x, target, network) for x, target in zip(X, targets, strict=True)]
    return {name: sum(row[name] for row in rows) / len(rows) for name in network}


def train_step(x, target, network, learning_rate):
    new = dict(network)
    for name in ("W2", "b2"):
        new[name] = network[name] - learning_rate * gradients(x, target, network)[name]
    sums = network["W1"] @ x + network["b1"]
    error = network["W2"] @ np.maximum(0, sums) + network["b2"] - target
    at_hidden = 2 * error * new["W2"] * relu_slope(sums)
    new["W1"] = network["W1"] - learning_rate * np.outer(at_hidden, x)
    new["b1"] = network["b1"] - learning_rate * at_hidden
    return new
