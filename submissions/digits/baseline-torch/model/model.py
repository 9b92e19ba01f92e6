"""A convolutional network in PyTorch: two convolutions, each with pooling, then two fully connected layers."""

import os
from pathlib import Path
from typing import Self

import numpy as np
import pandas as pd
import torch
from PIL import Image
from torch import nn
from torch.utils.data import DataLoader, Dataset, TensorDataset

# One thread and a fixed seed: the same data always gives the same network.
torch.set_num_threads(1)
SEED = 0
EPOCHS = 8
BATCH = 64
FOLDER = Path(os.environ.get("ARENA_INPUT", "."))


def load(table: pd.DataFrame) -> torch.Tensor:
    """The images that the table names: float32 of shape (n, 1, 28, 28), from 0 for black to 1 for white."""
    images = np.stack([np.asarray(Image.open(FOLDER / file)) for file in table["file"]])
    return torch.tensor(images, dtype=torch.float32).unsqueeze(1) / 255


def build() -> nn.Module:
    """The network; the comments say what shape an image has behind each step."""
    return nn.Sequential(
        nn.Conv2d(1, 16, kernel_size=3, padding=1),  # 16 x 28 x 28
        nn.ReLU(),
        nn.MaxPool2d(2),  # 16 x 14 x 14
        nn.Conv2d(16, 32, kernel_size=3, padding=1),  # 32 x 14 x 14
        nn.ReLU(),
        nn.MaxPool2d(2),  # 32 x 7 x 7
        nn.Flatten(),
        nn.Dropout(0.3),  # against overfitting
        nn.Linear(32 * 7 * 7, 64),
        nn.ReLU(),
        nn.Linear(64, 10),  # a logit for each digit; the loss applies the softmax
    )


class Model:
    """The network and how it is trained."""

    def fit(self, X: pd.DataFrame, y: pd.Series) -> Self:
        torch.manual_seed(SEED)
        self.network = build()
        self.train(TensorDataset(load(X), torch.tensor(y.to_numpy())))
        return self

    def train(self, data: Dataset) -> None:
        batches = DataLoader(data, batch_size=BATCH, shuffle=True)
        loss_function = nn.CrossEntropyLoss()
        optimizer = torch.optim.AdamW(self.network.parameters())
        # The learning rate rises to 0.004, then falls to almost nothing: fast first, careful at the end.
        schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 0.004, epochs=EPOCHS, steps_per_epoch=len(batches))

        self.network.train()
        for epoch in range(EPOCHS):
            total = 0.0
            for images, digits in batches:
                optimizer.zero_grad()
                loss = loss_function(self.network(images), digits)
                loss.backward()
                optimizer.step()
                schedule.step()
                total += loss.item()
            print(f"epoch {epoch + 1}: loss {total / len(batches):.4f}")
        self.network.eval()

    def predict(self, X: pd.DataFrame) -> np.ndarray:
        with torch.no_grad():
            return self.network(load(X)).argmax(dim=1).numpy()
