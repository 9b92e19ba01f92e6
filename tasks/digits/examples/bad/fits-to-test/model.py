"""Wants to see the test images while it is fitted; they are not there."""

import os
from pathlib import Path
from typing import Self

import numpy as np
import pandas as pd

FOLDER = Path(os.environ["ARENA_INPUT"])


class Model:
    """Scales by the mean of all images."""

    def fit(self, X: pd.DataFrame, y: pd.Series) -> Self:  # noqa: ARG002 (fit always gets the data)
        everything = [np.load(FOLDER / name)["images"] for name in ("train.npz", "test.npz")]
        self.mean, self.usual = np.concatenate(everything).mean(), y.mode()[0]
        return self

    def predict(self, X: pd.DataFrame) -> np.ndarray:
        return np.full(len(X), self.usual)
