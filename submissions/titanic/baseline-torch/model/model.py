"""A small multilayer perceptron in PyTorch: 8 features, 16 hidden neurons, 1 output."""

from typing import Self

import numpy as np
import pandas as pd
import torch
from torch import nn

# One thread and a fixed seed: the same data always gives the same network.
torch.set_num_threads(1)
SEED = 0
EPOCHS = 400


def titles(passengers: pd.DataFrame) -> pd.Series:
    """The title in each name, one of Mr, Mrs, Miss and Master; rare ones join the common one that they mean."""
    title = passengers["Name"].str.extract(r",\s*([^.]+)\.", expand=False)
    title = title.replace(
        {"Mlle": "Miss", "Ms": "Miss", "Mme": "Mrs", "Lady": "Mrs", "the Countess": "Mrs", "Dona": "Mrs"}
    )
    return title.where(title.isin(["Mr", "Mrs", "Miss", "Master"]), "Mr")


class Model:
    """The network, with what it needs to turn a passenger into numbers."""

    def fit(self, X: pd.DataFrame, y: pd.Series) -> Self:
        self.age_by_title = X["Age"].groupby(titles(X)).median()
        features = self.features(X)
        self.mean, self.scale = features.mean(), features.std()
        inputs = self.tensor(features)
        targets = torch.tensor(y.to_numpy(), dtype=torch.float32).unsqueeze(1)  # (n, 1), like the network's output

        torch.manual_seed(SEED)
        self.network = nn.Sequential(
            nn.Linear(inputs.shape[1], 16),
            nn.ReLU(),
            nn.Dropout(0.2),  # against overfitting: 891 passengers are few
            nn.Linear(16, 1),  # a logit; the loss below applies the sigmoid
        )
        loss_function = nn.BCEWithLogitsLoss()
        optimizer = torch.optim.AdamW(self.network.parameters(), lr=0.01, weight_decay=0.05)

        self.network.train()
        for _ in range(EPOCHS):  # the whole table is one batch
            optimizer.zero_grad()
            loss = loss_function(self.network(inputs), targets)
            loss.backward()
            optimizer.step()
        self.network.eval()
        return self

    def predict(self, X: pd.DataFrame) -> np.ndarray:
        with torch.no_grad():
            logits = self.network(self.tensor(self.features(X))).squeeze(1)
        return (logits > 0).int().numpy()  # a logit above 0 is a probability above 0.5

    def tensor(self, features: pd.DataFrame) -> torch.Tensor:
        """The features, scaled as the training rows were, as float32 of shape (n, 8)."""
        return torch.tensor(((features - self.mean) / self.scale).to_numpy(), dtype=torch.float32)

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
