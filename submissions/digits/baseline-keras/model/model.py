"""A convolutional network in Keras: two convolutions, each with pooling, then one fully connected layer."""

import os
from pathlib import Path
from typing import Self

os.environ.setdefault("KERAS_BACKEND", "torch")  # before the import, which reads it

import keras
import numpy as np
import pandas as pd
import torch
from keras import layers

torch.set_num_threads(1)  # Keras computes with torch here; one thread always adds up in the same order
FOLDER = Path(os.environ.get("ARENA_INPUT", "."))


def load(side: str) -> np.ndarray:
    """All images of train.npz or test.npz, in the order of the table: float32 of shape (n, 28, 28, 1), from 0 to 1."""
    with np.load(FOLDER / f"{side}.npz") as arrays:
        return arrays["images"][..., np.newaxis].astype("float32") / 255


class Model:
    """The network. Keras models can be pickled as they are."""

    def fit(self, X: pd.DataFrame, y: pd.Series) -> Self:
        keras.utils.set_random_seed(0)  # weights, order of the batches and dropout: the same in every run
        self.network = keras.Sequential(
            [
                keras.Input(shape=(28, 28, 1)),
                layers.Conv2D(16, 3, activation="relu"),  # 26 x 26 x 16
                layers.MaxPooling2D(),  # 13 x 13 x 16
                layers.Conv2D(32, 3, activation="relu"),  # 11 x 11 x 32
                layers.MaxPooling2D(),  # 5 x 5 x 32
                layers.Flatten(),
                layers.Dropout(0.3),  # against overfitting
                layers.Dense(10, activation="softmax"),  # a probability for each digit
            ]
        )
        self.network.compile(
            optimizer=keras.optimizers.Adam(0.003), loss="sparse_categorical_crossentropy", metrics=["accuracy"]
        )
        self.network.fit(load("train"), y.to_numpy(), epochs=6, batch_size=64, verbose=2)
        return self

    def predict(self, X: pd.DataFrame) -> np.ndarray:
        return self.network.predict(load("test"), verbose=0).argmax(axis=1)
