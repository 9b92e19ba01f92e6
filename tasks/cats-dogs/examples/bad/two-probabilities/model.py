"""Gives two probabilities for each image, as scikit-learn's predict_proba does, where one is asked for."""

from typing import Self

import numpy as np
import pandas as pd


class Model:
    """Half and half."""

    def fit(self, X: pd.DataFrame, y: pd.Series) -> Self:  # noqa: ARG002 (fit always gets the data)
        return self

    def predict(self, X: pd.DataFrame) -> np.ndarray:
        return np.full((len(X), 2), 0.5)
