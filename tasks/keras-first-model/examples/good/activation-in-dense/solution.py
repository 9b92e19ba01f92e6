"""Activations inside the Dense layers, no Input layer, training batch by batch."""

import keras
from keras import layers, ops

OLD = ["nb_epoch", "output_dim", "init", "p", "border_mode", "subsample"]
NEW = ["epochs", "units", "kernel_initializer", "rate", "padding", "strides"]


def build_model(inputs, hidden, outputs):
    return keras.Sequential(
        [layers.Dense(hidden, activation="relu", input_shape=(inputs,)), layers.Dense(outputs, activation="softmax")]
    )


def compile_model(model, rate):
    loss = keras.losses.CategoricalCrossentropy()
    model.compile(keras.optimizers.SGD(rate), loss=loss, metrics=["categorical_accuracy"])


def train(model, X, y, epochs, batch_size):
    losses = []
    for _ in range(epochs):
        total = 0.0
        for start in range(0, len(X), batch_size):
            rows = slice(start, start + batch_size)
            total += model.train_on_batch(X[rows], y[rows])[0] * len(X[rows])
        losses.append(total / len(X))
    return losses


def train_on_batches(model, batches):
    return [model.train_on_batch(X, y, return_dict=True)["loss"] for X, y in batches]


def score(model, X, y):
    told = model.evaluate(X, y, return_dict=True, verbose=0)
    return told["loss"], told["accuracy"]


def predicted_classes(model, X):
    return ops.argmax(model(X), axis=-1)


def modern_names(arguments):
    return {NEW[OLD.index(name)] if name in OLD else name: value for name, value in arguments.items()}
