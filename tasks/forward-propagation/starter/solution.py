"""Forward propagation: six functions to write. Replace each ``raise NotImplementedError`` by your code.

The arguments are NumPy arrays, unless the description says otherwise. Leave them as they are.
"""

import numpy as np


def node(inputs, weights):
    """What one node adds up: every input times its weight.

    inputs and weights have the shape (n,). Returns one number; without inputs it is 0.
    """
    raise NotImplementedError


def relu(x):
    """The number where it is positive, 0 elsewhere.

    x is a number or an array of any shape. Returns the same shape.
    """
    raise NotImplementedError


def hidden_layer(inputs, weights):
    """The values of a hidden layer, with ReLU.

    inputs has the shape (n,), weights the shape (nodes, n): one row for each node. Returns the shape (nodes,).
    """
    raise NotImplementedError


def linear_network(inputs, hidden_weights, output_weights):
    """The prediction of a network without any activation.

    inputs has the shape (n,), hidden_weights (nodes, n), output_weights (nodes,). Returns one number.
    """
    raise NotImplementedError


def relu_network(inputs, hidden_weights, output_weights):
    """The prediction of a network with ReLU in the hidden layer and none at the output.

    inputs has the shape (n,), hidden_weights (nodes, n), output_weights (nodes,). Returns one number.
    """
    raise NotImplementedError


def batch_network(X, layers):
    """The predictions of a network for every row of X, with ReLU behind every layer but the last.

    X has the shape (rows, n). layers is a list of dicts, from the first layer to the output:
    layer["weights"] has the shape (nodes, number of values before it), layer["bias"] the shape (nodes,).
    Returns the shape (rows, nodes of the last layer).
    """
    raise NotImplementedError
