"""Least absolute deviations: the linear model with the least absolute error, which is regression to the median.

The features are those of the other two linear baselines: nothing but the loss differs.
"""

from typing import Self

import numpy as np
import pandas as pd
from sklearn.compose import ColumnTransformer
from sklearn.linear_model import QuantileRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

NUMBERS = ["age", "bmi", "children"]
WORDS = ["sex", "smoker", "region"]


class Model:
    """A weighted sum of eight numbers a person, and a constant."""

    def __init__(self) -> None:
        prepare = ColumnTransformer(
            [
                ("numbers", StandardScaler(), NUMBERS),
                ("words", OneHotEncoder(drop="first"), WORDS),  # for each word a column of 0s and 1s, but for the first
            ]
        )
        self.pipeline = make_pipeline(prepare, QuantileRegressor(quantile=0.5, alpha=0))

    def fit(self, X: pd.DataFrame, y: pd.Series) -> Self:
        self.pipeline.fit(X, y)
        return self

    def predict(self, X: pd.DataFrame) -> np.ndarray:
        return self.pipeline.predict(X).round(2)  # whole cents
