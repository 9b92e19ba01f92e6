"""A first neural network for the digits task: one convolution, in PyTorch, with a Dataset that loads the images.

The arena calls fit once with the training table, keeps the object, and calls predict later, in another process,
with test.csv. So store on self everything that predict needs.
"""

import os
from pathlib import Path
from typing import Self

import numpy as np
import pandas as pd
import torch
from PIL import Image
from torch import nn
from torch.utils.data import DataLoader, Dataset

# Where the images are. The arena sets the variable; on your own computer "." (the current folder) is used.
INPUT = Path(os.environ.get("ARENA_INPUT", "."))
torch.set_num_threads(1)


class Digits(Dataset):
    """The images that a table names, one by one: what torch's DataLoader makes batches of."""

    def __init__(self, table: pd.DataFrame, digits: pd.Series | None = None) -> None:
        self.files = table["file"].tolist()
        # While the arena predicts, nobody knows the digits: then a 0 takes their place, unread.
        self.digits = [0] * len(self.files) if digits is None else digits.tolist()

    def __len__(self) -> int:
        return len(self.files)

    def __getitem__(self, row: int) -> tuple[torch.Tensor, int]:
        pixels = np.asarray(Image.open(INPUT / self.files[row]), dtype=np.float32)
        image = torch.from_numpy(pixels) / 255  # (28, 28), from 0 for black to 1 for white
        return image.unsqueeze(0), self.digits[row]  # (1, 28, 28): torch wants the channels first, and grey is one


class Model:
    """The two methods that the arena calls."""

    def fit(self, X: pd.DataFrame, y: pd.Series, epochs: int = 3) -> Self:
        """Learn from X (one row an image, with the column "file", indexed by id) and y (the digits)."""
        torch.manual_seed(0)  # the same start and the same order of the batches, so the same result, every time
        self.network = nn.Sequential(
            nn.Conv2d(1, 8, kernel_size=3, padding=1),  # eight small patterns are looked for all over the image
            nn.ReLU(),
            nn.MaxPool2d(4),  # 8 x 28 x 28 becomes 8 x 7 x 7: of each square of 4 x 4 the largest value stays
            nn.Flatten(),  # 392 numbers in a row
            nn.Linear(8 * 7 * 7, 10),  # one number for each digit: the larger, the more likely
        )
        loss_function = nn.CrossEntropyLoss()
        optimizer = torch.optim.Adam(self.network.parameters(), lr=0.01)
        for epoch in range(epochs):
            losses = []
            for images, digits in DataLoader(Digits(X, y), batch_size=64, shuffle=True):
                optimizer.zero_grad()
                loss = loss_function(self.network(images), digits)
                loss.backward()
                optimizer.step()
                losses.append(loss.item())
            print(f"epoch {epoch + 1}: mean loss {np.mean(losses):.3f}")
        return self

    def predict(self, X: pd.DataFrame) -> np.ndarray:
        """One digit for each row of X, in the order of the rows."""
        self.network.eval()
        with torch.no_grad():
            outputs = [self.network(images) for images, _ in DataLoader(Digits(X), batch_size=256)]
        return torch.cat(outputs).argmax(dim=1).numpy()


# This part runs when you start the file yourself (python starter/model.py), not when the arena imports it. It trains
# on 3,000 of the training images and measures the accuracy on the other 1,000, which the network has not seen.
if __name__ == "__main__":
    train = pd.read_csv("train.csv", index_col="id")
    X, y = train[["file"]], train["digit"]
    model = Model().fit(X[:3000], y[:3000])
    accuracy = (model.predict(X[3000:]) == y[3000:]).mean()
    print(f"accuracy on images that it has not seen: {accuracy:.3f}")
