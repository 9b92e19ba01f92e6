"""A first neural network for the cats-dogs task: two convolutions, in PyTorch, with a Dataset that loads the images.

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


class Pets(Dataset):
    """The images that a table names, one by one: what torch's DataLoader makes batches of."""

    def __init__(self, table: pd.DataFrame, dogs: pd.Series | None = None) -> None:
        self.files = table["file"].tolist()
        # While the arena predicts, nobody knows the answers: then a 0 takes their place, unread.
        self.dogs = [0] * len(self.files) if dogs is None else dogs.tolist()

    def __len__(self) -> int:
        return len(self.files)

    def __getitem__(self, row: int) -> tuple[torch.Tensor, torch.Tensor]:
        pixels = np.asarray(Image.open(INPUT / self.files[row]), dtype=np.float32)  # (32, 32, 3): the colours last
        image = torch.from_numpy(pixels).permute(2, 0, 1)  # (3, 32, 32): torch wants the colours first
        return image / 255 - 0.5, torch.tensor(float(self.dogs[row]))  # values from -0.5 to 0.5


class Model:
    """The two methods that the arena calls."""

    def fit(self, X: pd.DataFrame, y: pd.Series, epochs: int = 6) -> Self:
        """Learn from X (one row an image, with the column "file", indexed by id) and y (1 for a dog, 0 for a cat)."""
        torch.manual_seed(0)  # the same start and the same order of the batches, so the same result, every time
        self.network = nn.Sequential(
            nn.Conv2d(3, 16, kernel_size=3, padding=1),  # sixteen small patterns are looked for all over the image
            nn.ReLU(),
            nn.MaxPool2d(2),  # 16 x 32 x 32 becomes 16 x 16 x 16: of each square of 2 x 2 the largest value stays
            nn.Conv2d(16, 32, kernel_size=3, padding=1),  # thirty-two patterns of those patterns
            nn.ReLU(),
            nn.MaxPool2d(4),  # 32 x 4 x 4
            nn.Flatten(),  # 512 numbers in a row
            nn.Linear(512, 1),  # one number, the logit: positive for a dog, negative for a cat
        )
        loss_function = nn.BCEWithLogitsLoss()  # the log loss of the logit's sigmoid: what the arena measures too
        optimizer = torch.optim.Adam(self.network.parameters(), lr=0.002)
        for epoch in range(epochs):
            losses = []
            for images, dogs in DataLoader(Pets(X, y), batch_size=64, shuffle=True):
                optimizer.zero_grad()
                loss = loss_function(self.network(images).squeeze(1), dogs)
                loss.backward()
                optimizer.step()
                losses.append(loss.item())
            print(f"epoch {epoch + 1}: mean loss {np.mean(losses):.3f}")
        return self

    def predict(self, X: pd.DataFrame) -> np.ndarray:
        """The probability of a dog for each row of X, in the order of the rows."""
        self.network.eval()
        with torch.no_grad():
            logits = [self.network(images).squeeze(1) for images, _ in DataLoader(Pets(X), batch_size=256)]
        return torch.sigmoid(torch.cat(logits)).numpy()


# This part runs when you start the file yourself (python starter/model.py), not when the arena imports it. It trains
# on 1,500 of the training images and measures on the other 500, which the network has not seen.
if __name__ == "__main__":
    train = pd.read_csv("train.csv", index_col="id")
    X, y = train[["file"]], train["dog"].to_numpy()
    model = Model().fit(X[:1500], train["dog"][:1500])
    dog = model.predict(X[1500:]).astype(float)
    log_loss = -np.log(np.where(y[1500:] == 1, dog, 1 - dog)).mean()
    accuracy = ((dog > 0.5) == y[1500:]).mean()
    print(f"on images that it has not seen: log loss {log_loss:.3f}, accuracy {accuracy:.3f}")
