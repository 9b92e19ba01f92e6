"""The same rule as a model, from the arrays; each side is there while it is needed, and the other is not."""

import os
from pathlib import Path
from typing import Self

import numpy as np
import pandas as pd

FOLDER = Path(os.environ["ARENA_INPUT"])


class Model:
    """Nothing is learnt."""

    def fit(self, X: pd.DataFrame, y: pd.Series) -> Self:
        assert sorted(os.listdir(FOLDER)) == ["train.csv", "train.npz", "train_images"]
        assert len(np.load(FOLDER / "train.npz")["images"]) == len(X) == len(y)
        return self

    def predict(self, X: pd.DataFrame) -> np.ndarray:
        assert sorted(os.listdir(FOLDER)) == ["test.csv", "test.npz", "test_images"]
        images = np.load(FOLDER / "test.npz")["images"]
        return (0.4 + 0.2 * images.reshape(len(X), -1).sum(axis=1) / (255 * 3072)).round(3)
