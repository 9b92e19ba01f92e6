"""A multilayer perceptron in PyTorch: all columns, 64 hidden neurons, one output, the logarithm of the price."""

from typing import Self

import numpy as np
import pandas as pd
import torch
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder, StandardScaler
from torch import nn

# One thread and a fixed seed: the same data always gives the same network. Double precision keeps the last digits of
# another processor's arithmetic from growing through the training.
torch.set_num_threads(1)
SEED = 0
EPOCHS = 40
BATCH = 64
SIZES = [
    *("LotFrontage", "LotArea", "GrLivArea", "1stFlrSF", "2ndFlrSF", "TotalBsmtSF", "BsmtFinSF1", "BsmtUnfSF"),
    *("GarageArea", "MasVnrArea", "WoodDeckSF", "OpenPorchSF"),
]


class Model:
    """The network, with what it needs to turn a house into numbers and its output into a price."""

    def fit(self, X: pd.DataFrame, y: pd.Series) -> Self:
        self.words = ["MSSubClass", *X.select_dtypes(exclude="number").columns]
        numbers = [name for name in X.columns if name not in {*SIZES, *self.words}]
        fill = SimpleImputer(strategy="median")
        self.prepare = ColumnTransformer(
            [
                ("sizes", make_pipeline(fill, FunctionTransformer(np.log1p), StandardScaler()), SIZES),
                ("numbers", make_pipeline(fill, StandardScaler()), numbers),
                ("words", OneHotEncoder(handle_unknown="infrequent_if_exist", min_frequency=5), self.words),
            ],
            sparse_threshold=0,  # a network wants all the zeros too
        )
        inputs = torch.tensor(self.prepare.fit_transform(self.filled(X)))
        logs = np.log(y.to_numpy(dtype=float))
        self.mean, self.scale = logs.mean(), logs.std()
        targets = torch.tensor((logs - self.mean) / self.scale).unsqueeze(1)  # (n, 1), like the network's output

        torch.manual_seed(SEED)
        self.network = nn.Sequential(
            nn.Linear(inputs.shape[1], 64), nn.ReLU(), nn.Dropout(0.3), nn.Linear(64, 1)
        ).double()
        loss_function = nn.HuberLoss(delta=0.5)  # a few houses sold far below their worth; their pull is bounded
        # A strong weight decay: there are nearly as many inputs as a sixth of the houses.
        optimizer = torch.optim.AdamW(self.network.parameters(), lr=0.005, weight_decay=2.0)
        steps = EPOCHS * -(-len(inputs) // BATCH)
        schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, max_lr=0.005, total_steps=steps)

        self.network.train()
        for _ in range(EPOCHS):
            for rows in torch.randperm(len(inputs)).split(BATCH):
                optimizer.zero_grad()
                loss = loss_function(self.network(inputs[rows]), targets[rows])
                loss.backward()
                optimizer.step()
                schedule.step()
        self.network.eval()
        return self

    def predict(self, X: pd.DataFrame) -> np.ndarray:
        inputs = torch.tensor(self.prepare.transform(self.filled(X)))
        with torch.no_grad():
            logs = self.network(inputs).squeeze(1).numpy() * self.scale + self.mean
        return np.exp(logs).round()  # whole dollars

    def filled(self, X: pd.DataFrame) -> pd.DataFrame:
        """The table with words in the place of missing words: mostly they mean that the house has no such thing."""
        return X.assign(**X[self.words].astype(object).fillna("none").astype(str))
