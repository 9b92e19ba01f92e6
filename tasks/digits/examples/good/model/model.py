"""The nearest mean image, from the arrays; each side is there while it is needed, and the other is not."""

import os
from pathlib import Path
from typing import Self

import numpy as np
import pandas as pd

FOLDER = Path(os.environ["ARENA_INPUT"])


class Model:
    """Ten mean images."""

    def fit(self, X: pd.DataFrame, y: pd.Series) -> Self:
        assert sorted(os.listdir(FOLDER)) == ["train.csv", "train.npz", "train_images"]
        images = np.load(FOLDER / "train.npz")["images"]
        assert len(images) == len(X)
        self.means = np.stack([images[(y == digit).to_numpy()].mean(axis=0) for digit in range(10)])
        return self

    def predict(self, X: pd.DataFrame) -> np.ndarray:
        assert sorted(os.listdir(FOLDER)) == ["test.csv", "test.npz", "test_images"]
        images = np.load(FOLDER / "test.npz")["images"].astype(float)
        assert len(images) == len(X)
        return ((images[:, None] - self.means) ** 2).sum(axis=(2, 3)).argmin(axis=1)
