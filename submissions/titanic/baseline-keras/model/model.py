"""A small neural network in Keras: 8 features, 16 hidden neurons, 1 output."""

import os
from typing import Self

os.environ.setdefault("KERAS_BACKEND", "torch")  # before the import, which reads it

import keras
import numpy as np
import pandas as pd
import torch

torch.set_num_threads(1)  # Keras computes with torch here; one thread always adds up in the same order


def titles(passengers: pd.DataFrame) -> pd.Series:
    """The title in each name, one of Mr, Mrs, Miss and Master; rare ones join the common one that they mean."""
    title = passengers["Name"].str.extract(r",\s*([^.]+)\.", expand=False)
    title = title.replace(
        {"Mlle": "Miss", "Ms": "Miss", "Mme": "Mrs", "Lady": "Mrs", "the Countess": "Mrs", "Dona": "Mrs"}
    )
    return title.where(title.isin(["Mr", "Mrs", "Miss", "Master"]), "Mr")


class Model:
    """The network, with what it needs to turn a passenger into numbers. Keras models can be pickled as they are."""

    def fit(self, X: pd.DataFrame, y: pd.Series) -> Self:
        self.age_by_title = X["Age"].groupby(titles(X)).median()
        features = self.features(X)
        self.mean, self.scale = features.mean(), features.std()

        keras.utils.set_random_seed(0)  # weights, order of the batches and dropout: the same in every run
        self.network = keras.Sequential(
            [
                keras.Input(shape=(features.shape[1],)),
                keras.layers.Dense(16, activation="relu"),
                keras.layers.Dropout(0.2),  # against overfitting: 891 passengers are few
                keras.layers.Dense(1, activation="sigmoid"),  # the probability of having survived
            ]
        )
        self.network.compile(optimizer=keras.optimizers.Adam(0.01), loss="binary_crossentropy")
        self.network.fit(self.scaled(features), y.to_numpy(), epochs=40, batch_size=64, verbose=0)
        return self

    def predict(self, X: pd.DataFrame) -> np.ndarray:
        probabilities = self.network.predict(self.scaled(self.features(X)), verbose=0).squeeze(1)
        return (probabilities > 0.5).astype(int)

    def scaled(self, features: pd.DataFrame) -> np.ndarray:
        """The features, scaled as the training rows were, as float32 of shape (n, 8)."""
        return ((features - self.mean) / self.scale).to_numpy(dtype="float32")

    def features(self, X: pd.DataFrame) -> pd.DataFrame:
        """Eight numbers a passenger; a missing age becomes the usual age of people with the same title."""
        title = titles(X)
        family = X["SibSp"] + X["Parch"] + 1
        columns = {
            "woman": X["Sex"] == "female",
            "boy": title == "Master",  # "Master" was the title of boys
            "married_woman": title == "Mrs",
            "first_class": X["Pclass"] == 1,
            "second_class": X["Pclass"] == 2,
            "age": X["Age"].fillna(title.map(self.age_by_title)),
            "family": family,
            "large_family": family > 4,
        }
        return pd.DataFrame(columns).astype(float)
