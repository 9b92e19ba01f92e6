"""A small convolutional network in PyTorch, trained on images that are shifted and mirrored at random."""

import os
from pathlib import Path
from typing import Self

import numpy as np
import pandas as pd
import torch
from PIL import Image
from torch import nn

# One thread and a fixed seed: the same data always gives the same network.
torch.set_num_threads(1)
SEED = 0
EPOCHS = 30
BATCH = 64
SHIFT = 4
# The colours of a pixel side by side in memory, as in the files: on a CPU, convolutions take half as long.
LAYOUT = torch.channels_last
FOLDER = Path(os.environ.get("ARENA_INPUT", "."))


def load(table: pd.DataFrame) -> torch.Tensor:
    """The images that the table names: float32 of shape (n, 3, 32, 32), from 0 to 1."""
    images = np.stack([np.asarray(Image.open(FOLDER / file)) for file in table["file"]])
    return torch.tensor(images, dtype=torch.float32).permute(0, 3, 1, 2) / 255


def block(channels_in: int, channels_out: int) -> list[nn.Module]:
    """A convolution that keeps the size, then pooling that halves it."""
    return [
        nn.Conv2d(channels_in, channels_out, kernel_size=3, padding=1, bias=False),
        nn.BatchNorm2d(channels_out),
        nn.ReLU(),
        nn.MaxPool2d(2),
    ]


def build() -> nn.Module:
    """The network; the comments say what shape an image has behind each step."""
    return nn.Sequential(
        *block(3, 24),  # 24 x 16 x 16
        *block(24, 48),  # 48 x 8 x 8
        *block(48, 96),  # 96 x 4 x 4
        nn.AdaptiveAvgPool2d(1),  # 96 x 1 x 1: where in the image something was seen does not matter
        nn.Flatten(),
        nn.Dropout(0.2),
        nn.Linear(96, 1),  # a logit; the loss applies the sigmoid
    )


def vary(images: torch.Tensor) -> torch.Tensor:
    """The batch, half of it mirrored, all of it shifted by up to four pixels: a dog is still a dog."""
    mirrored = torch.rand(len(images)) < 0.5
    images = torch.where(mirrored[:, None, None, None], images.flip(3), images)
    down, right = torch.randint(0, 2 * SHIFT + 1, (2,)).tolist()
    height, width = images.shape[2:]
    return nn.functional.pad(images, [SHIFT] * 4)[:, :, down : down + height, right : right + width]


class Model:
    """The network, with the mean and deviation of the training images' colours."""

    def fit(self, X: pd.DataFrame, y: pd.Series) -> Self:
        images, dogs = load(X), torch.tensor(y.to_numpy(), dtype=torch.float32)
        self.mean, self.scale = images.mean((0, 2, 3), keepdim=True), images.std((0, 2, 3), keepdim=True)
        images = (images - self.mean) / self.scale

        torch.manual_seed(SEED)
        self.network = build().to(memory_format=LAYOUT)
        steps = EPOCHS * -(-len(images) // BATCH)
        optimizer = torch.optim.AdamW(self.network.parameters(), weight_decay=0.05)
        # The learning rate rises to 0.006, then falls to almost nothing: fast first, careful at the end.
        schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 0.006, total_steps=steps)
        loss_function = nn.BCEWithLogitsLoss()

        self.network.train()
        for epoch in range(EPOCHS):
            losses = []
            for rows in torch.randperm(len(images)).split(BATCH):
                optimizer.zero_grad()
                batch = vary(images[rows]).contiguous(memory_format=LAYOUT)
                loss = loss_function(self.network(batch).squeeze(1), dogs[rows])
                loss.backward()
                optimizer.step()
                schedule.step()
                losses.append(loss.item())
            if epoch % 5 == 4:
                print(f"epoch {epoch + 1}: loss {np.mean(losses):.4f}")
        self.network.eval()
        return self

    def predict(self, X: pd.DataFrame) -> np.ndarray:
        images = (load(X) - self.mean) / self.scale
        with torch.no_grad():
            # The mean of both ways to look at an image is a little better than one.
            logits = (self.network(images) + self.network(images.flip(3))) / 2
        return torch.sigmoid(logits).squeeze(1).numpy().astype(float).round(3)
