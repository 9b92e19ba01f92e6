"""Gradient-boosted trees (LightGBM) on the logarithm of the price: all 79 columns, hardly prepared."""

from typing import Self

import numpy as np
import pandas as pd
from lightgbm import LGBMRegressor


class Model:
    """1000 small trees of log(1 + price); what is missing stays missing, as LightGBM knows how to split on that."""

    def fit(self, X: pd.DataFrame, y: pd.Series) -> Self:
        words = ["MSSubClass", *X.select_dtypes(exclude="number").columns]
        self.words = {column: sorted(X[column].dropna().unique()) for column in words}
        self.trees = LGBMRegressor(
            n_estimators=1000,
            learning_rate=0.03,
            num_leaves=8,  # small trees, ...
            min_child_samples=10,
            reg_lambda=1.0,
            subsample=0.8,  # ... each from four fifths of the houses ...
            subsample_freq=1,
            colsample_bytree=0.3,  # ... and three tenths of the columns, so that the trees differ
            random_state=0,
            n_jobs=1,
            deterministic=True,
            force_row_wise=True,
            verbose=-1,
        )
        self.trees.fit(self.features(X), np.log1p(y))
        return self

    def predict(self, X: pd.DataFrame) -> np.ndarray:
        return np.expm1(self.trees.predict(self.features(X))).round()  # whole dollars

    def features(self, X: pd.DataFrame) -> pd.DataFrame:
        """Each word as its number in the alphabet of the training rows; one that is not there is missing."""
        codes = {column: pd.Categorical(X[column], categories=words).codes for column, words in self.words.items()}
        table = X.assign(**codes).astype(float)
        return table.mask(table.columns.isin(self.words) & (table == -1))
