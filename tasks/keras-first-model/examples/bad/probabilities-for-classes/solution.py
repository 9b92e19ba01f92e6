"""Wrong: a row's largest probability is not its class."""

import keras
import numpy as np


def build_model(inputs, hidden, outputs):
    model = keras.Sequential()
    model.add(keras.Input(shape=(inputs,)))
    model.add(keras.layers.Dense(units=hidden))
    model.add(keras.layers.Activation("relu"))
    model.add(keras.layers.Dense(units=outputs))
    model.add(keras.layers.Activation("softmax"))
    return model


def compile_model(model, rate):
    model.compile(
        loss="categorical_crossentropy",
        optimizer=keras.optimizers.SGD(learning_rate=rate),
        metrics=["accuracy"],
    )


def train(model, X, y, epochs, batch_size):
    history = model.fit(X, y, epochs=epochs, batch_size=batch_size, shuffle=False, verbose=0)
    return history.history["loss"]


def train_on_batches(model, batches):
    losses = []
    for X, y in batches:
        loss, _accuracy = model.train_on_batch(X, y)
        losses.append(float(loss))
    return losses


def score(model, X, y):
    loss, accuracy = model.evaluate(X, y, verbose=0)
    return loss, accuracy


def predicted_classes(model, X):
    probabilities = model.predict(X, verbose=0)
    return np.max(probabilities, axis=1)


def modern_names(arguments):
    new_name = {
        "nb_epoch": "epochs",
        "output_dim": "units",
        "init": "kernel_initializer",
        "p": "rate",
        "border_mode": "padding",
        "subsample": "strides",
    }
    result = {}
    for name, value in arguments.items():
        if name in new_name:
            result[new_name[name]] = value
        else:
            result[name] = value
    return result
