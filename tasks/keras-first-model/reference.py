"""What is right, for the scorer alone."""

import keras
from keras.layers import Activation, Dense

NEW = {
    "border_mode": "padding",
    "init": "kernel_initializer",
    "nb_epoch": "epochs",
    "output_dim": "units",
    "p": "rate",
    "subsample": "strides",
}


def build_model(inputs, hidden, outputs):
    return keras.Sequential(
        [keras.Input((inputs,)), Dense(hidden), Activation("relu"), Dense(outputs), Activation("softmax")]
    )


def compile_model(model, rate):
    model.compile(
        optimizer=keras.optimizers.SGD(learning_rate=rate), loss="categorical_crossentropy", metrics=["accuracy"]
    )


def train(model, X, y, epochs, batch_size):
    history = model.fit(X, y, epochs=epochs, batch_size=batch_size, shuffle=False, verbose=0)
    return history.history["loss"]


def train_on_batches(model, batches):
    return [model.train_on_batch(X, y)[0] for X, y in batches]


def score(model, X, y):
    return model.evaluate(X, y, verbose=0)


def predicted_classes(model, X):
    return model.predict(X, verbose=0).argmax(axis=1)


def modern_names(arguments):
    return {NEW.get(name, name): value for name, value in arguments.items()}
