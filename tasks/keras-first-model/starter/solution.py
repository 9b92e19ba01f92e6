"""A first Keras model: seven functions to write. Replace each ``raise NotImplementedError`` by your code.

``X`` is a float32 array of shape (rows, inputs); ``y`` has the shape (rows, classes), a 1 at each row's class.
"""

import keras
import numpy as np


def build_model(inputs, hidden, outputs):
    """A keras.Sequential: Dense(hidden), relu, Dense(outputs), softmax, for rows with so many inputs."""
    raise NotImplementedError


def compile_model(model, rate):
    """Compile the model: categorical cross-entropy, SGD with this learning rate, and the accuracy as metric."""
    raise NotImplementedError


def train(model, X, y, epochs, batch_size):
    """Fit the compiled model, the rows in their order. Returns the list of the epochs' losses."""
    raise NotImplementedError


def train_on_batches(model, batches):
    """One step of the compiled model for each pair (X, y). Returns the list of the batches' losses."""
    raise NotImplementedError


def score(model, X, y):
    """The loss and the accuracy of the compiled model, which stays as it is."""
    raise NotImplementedError


def predicted_classes(model, X):
    """The likeliest class of each row, as whole numbers of shape (rows,)."""
    raise NotImplementedError


def modern_names(arguments):
    """A dict like arguments, in which the six names of Keras 1 are those of Keras 3."""
    raise NotImplementedError
