"""Backpropagation: eight functions to write. Replace each ``raise NotImplementedError`` by your code.

A network is a dict of NumPy arrays with n inputs and one hidden layer:

    network["W1"]  shape (nodes, n)   weights of the hidden layer, one row for each node
    network["b1"]  shape (nodes,)     biases of the hidden layer
    network["W2"]  shape (nodes,)     weights of the output node
    network["b2"]  a number           bias of the output node

Its prediction is W2 · relu(W1 · x + b1) + b2, its loss (prediction − target)². Leave the arguments as they are.
"""

import numpy as np


def relu_slope(x):
    """The slope of ReLU at x: 1 where x is positive, 0 elsewhere, also at exactly 0.

    x is a number or an array of any shape. Returns the same shape.
    """
    raise NotImplementedError


def loss_slope(prediction, target):
    """The derivative of the loss (prediction − target)² with respect to the prediction. Returns one number."""
    raise NotImplementedError


def weight_slope(node_value, activation_slope, loss_slope):
    """The slope of one weight, from three numbers.

    node_value is the value that goes into the weight; activation_slope and loss_slope belong to the node that it leads
    to. Returns one number.
    """
    raise NotImplementedError


def layer_slopes(node_values, activation_slopes, loss_slopes):
    """The slopes of all weights of a layer.

    node_values has the shape (n,): what goes into the layer. activation_slopes and loss_slopes have the shape (nodes,).
    Returns the shape (nodes, n), that of the weights.
    """
    raise NotImplementedError


def forward(x, target, network):
    """One walk forward. x has the shape (n,), target is a number.

    Returns a dict: "hidden" of shape (nodes,), after ReLU; "prediction", a number; "loss", a number.
    """
    raise NotImplementedError


def gradients(x, target, network):
    """The slope of the loss for every weight and bias. x has the shape (n,), target is a number.

    Returns a dict with the keys and shapes of the network.
    """
    raise NotImplementedError


def batch_gradients(X, targets, network):
    """The slope of the mean loss of all rows for every weight and bias.

    X has the shape (rows, n) and targets the shape (rows,), with at least one row.
    Returns a dict with the keys and shapes of the network.
    """
    raise NotImplementedError


def train_step(x, target, network, learning_rate):
    """The network after one step of gradient descent on one row.

    Returns a new dict with the keys and shapes of the network.
    """
    raise NotImplementedError
