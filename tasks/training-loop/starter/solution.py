"""The training loop: eight functions to write. Replace each ``raise NotImplementedError`` by your code.

``X`` is a float32 tensor of shape (rows, n), ``y`` one of shape (rows, 1). ``loss_function`` gives back a mean.
"""

import torch
from torch import nn


def train_step(model, optimizer, loss_function, X, y):
    """One step of training on these rows. Returns the loss before the step, as a number."""
    raise NotImplementedError


def train_epoch(model, optimizer, loss_function, X, y, batch_size):
    """One step for each batch of rows, in their order. Returns the mean loss of the rows, as a number."""
    raise NotImplementedError


def evaluate(model, loss_function, X, y):
    """The loss of the model in evaluation mode, without gradients; the model keeps the mode that it had."""
    raise NotImplementedError


def save_model(model, path):
    """Write the model's state_dict into the file path."""
    raise NotImplementedError


def load_model(model, path):
    """Read a file of save_model into the model. Returns the model, in evaluation mode."""
    raise NotImplementedError


def make_model(features, hidden, dropout):
    """A torch module: linear layer, ReLU, dropout, linear layer with one output."""
    raise NotImplementedError


def l2_penalty(model, strength):
    """The sum of the squares of all weights, without the biases, times strength: a tensor that has a gradient."""
    raise NotImplementedError


def fit(model, training, validation, epochs, rate, strength):
    """One step of SGD an epoch, on all training rows, along the slope of mean squared error plus l2_penalty.

    training and validation are pairs (X, y). Returns two lists with a number for each epoch: the mean squared error on
    the training rows before the step, and on the validation rows after it, both without the penalty.
    """
    raise NotImplementedError
