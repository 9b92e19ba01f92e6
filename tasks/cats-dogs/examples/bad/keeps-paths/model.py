"""Opens training images while it predicts; they are not there any more. What predict needs is to be kept by fit."""

import os
from pathlib import Path
from typing import Self

import numpy as np
import pandas as pd
from PIL import Image

FOLDER = Path(os.environ["ARENA_INPUT"])


class Model:
    """The nearest training image, remembered by its path alone."""

    def fit(self, X: pd.DataFrame, y: pd.Series) -> Self:
        self.files, self.dogs = X["file"].tolist(), y.to_numpy()
        return self

    def predict(self, X: pd.DataFrame) -> np.ndarray:
        known = np.stack([np.asarray(Image.open(FOLDER / file), dtype=float) for file in self.files])
        images = (np.asarray(Image.open(FOLDER / file), dtype=float) for file in X["file"])
        return np.array([self.dogs[((known - image) ** 2).sum(axis=(1, 2, 3)).argmin()] for image in images])
