"""Elastic net on the logarithm of the price: a linear model that leaves out columns that help little."""

from typing import Self

import numpy as np
import pandas as pd
from sklearn.compose import ColumnTransformer, TransformedTargetRegressor
from sklearn.impute import SimpleImputer
from sklearn.linear_model import ElasticNet
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder, StandardScaler

# Areas and lengths: twice the size is not twice the price, so their logarithms are taken.
SIZES = [
    *("LotFrontage", "LotArea", "GrLivArea", "1stFlrSF", "2ndFlrSF", "TotalBsmtSF", "BsmtFinSF1", "BsmtUnfSF"),
    *("GarageArea", "MasVnrArea", "WoodDeckSF", "OpenPorchSF"),
]


class Model:
    """A Pipeline that prepares the columns, and a linear model of log(1 + price)."""

    def fit(self, X: pd.DataFrame, y: pd.Series) -> Self:
        self.words = ["MSSubClass", *X.select_dtypes(exclude="number").columns]  # the number of a class is a word too
        numbers = [name for name in X.columns if name not in {*SIZES, *self.words}]
        fill = SimpleImputer(strategy="median")
        prepare = ColumnTransformer(
            [
                ("sizes", make_pipeline(fill, FunctionTransformer(np.log1p), StandardScaler()), SIZES),
                ("numbers", make_pipeline(fill, StandardScaler()), numbers),
                # A word that fewer than 5 training houses have, or none, counts as "other".
                ("words", OneHotEncoder(handle_unknown="infrequent_if_exist", min_frequency=5), self.words),
            ]
        )
        # alpha and l1_ratio by cross-validation on the training rows.
        linear = make_pipeline(prepare, ElasticNet(alpha=0.001, l1_ratio=0.5, max_iter=5000))
        self.model = TransformedTargetRegressor(linear, func=np.log1p, inverse_func=np.expm1)
        self.model.fit(self.filled(X), y)
        return self

    def predict(self, X: pd.DataFrame) -> np.ndarray:
        return self.model.predict(self.filled(X)).round()  # whole dollars

    def filled(self, X: pd.DataFrame) -> pd.DataFrame:
        """The table with words in the place of missing words: mostly they mean that the house has no such thing."""
        return X.assign(**X[self.words].astype(object).fillna("none").astype(str))
