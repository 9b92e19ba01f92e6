"""XOR with a hidden layer: five functions to write. Replace each ``raise NotImplementedError`` by your code.

All numbers are PyTorch tensors of dtype float32. Leave the arguments as they are.
"""

import torch
from torch import nn


def forward(X, W1, b1, w2, b2):
    """The output of a network with one hidden layer and ReLU.

    Shapes: X (rows, n), W1 (n, hidden), b1 (hidden,), w2 (hidden,), b2 (). Returns the shape (rows,).
    """
    raise NotImplementedError


def xor_by_hand():
    """Four parts W1, b1, w2, b2 for two inputs, with which forward is XOR."""
    raise NotImplementedError


def make_model(features, hidden):
    """A torch module: linear layer, tanh, linear layer with one output.

    It takes the shape (rows, features) and returns logits of the shape (rows, 1).
    """
    raise NotImplementedError


def predict(model, X):
    """1 where the model thinks 1 more likely than 0, else 0.

    X has the shape (rows, n), the model's output the shape (rows, 1). Returns whole numbers of the shape (rows,).
    """
    raise NotImplementedError


def fit(X, y, seed):
    """A module, as make_model makes them, that has learned the answers y to the rows of X.

    X has the shape (rows, n), y the shape (rows,) with 0.0 and 1.0. The same seed gives the same module.
    """
    raise NotImplementedError
