"""A first model for the house prices task: ridge regression on the logarithm of the price, in a Pipeline.

The arena calls fit once with the training data, keeps the object, and calls predict later, in another process,
with the houses of test.csv. So store on self everything that predict needs.
"""

from typing import Self

import numpy as np
import pandas as pd
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import Ridge
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

# Columns that hold numbers, and columns that hold words. These are nine of 79: which others help?
NUMBERS = ["OverallQual", "OverallCond", "GrLivArea", "TotalBsmtSF", "LotArea", "YearBuilt", "GarageCars"]
WORDS = ["Neighborhood", "KitchenQual"]


class Model:
    """The two methods that the arena calls."""

    def __init__(self) -> None:
        # A Pipeline is a row of steps. fit trains each step in turn; predict sends new data through the same steps.
        prepare = ColumnTransformer(
            [
                # Numbers: put the median where a value is missing, then bring every column to mean 0 and deviation 1.
                ("numbers", make_pipeline(SimpleImputer(strategy="median"), StandardScaler()), NUMBERS),
                # Words: one column of 0s and 1s for each word (and one for "missing"). A word that was never seen
                # in training is not an error.
                ("words", OneHotEncoder(handle_unknown="ignore"), WORDS),
            ]
        )
        # alpha pulls the weights towards zero, against overfitting. Try 1 and 100.
        self.pipeline = Pipeline([("prepare", prepare), ("predict", Ridge(alpha=10.0))])

    def fit(self, X: pd.DataFrame, y: pd.Series) -> Self:
        """Learn from X (one row a house, indexed by Id) and y (their SalePrice, in dollars)."""
        # The score counts errors of the logarithm, so the logarithm is what is learnt.
        self.pipeline.fit(X, np.log1p(y))
        return self

    def predict(self, X: pd.DataFrame) -> np.ndarray:
        """One price, in dollars, for each row of X, in the order of the rows."""
        return np.expm1(self.pipeline.predict(X))  # expm1 undoes log1p


# This part runs when you start the file yourself (python model.py), not when the arena imports it. It hides a fifth
# of the training data from the model five times over and measures how well the model does there: cross-validation.
if __name__ == "__main__":
    from sklearn.model_selection import KFold

    train = pd.read_csv("train.csv", index_col="Id")
    X, y = train.drop(columns="SalePrice"), train["SalePrice"]
    errors = pd.Series(0.0, index=y.index)
    for learn, hold_out in KFold(n_splits=5, shuffle=True, random_state=0).split(X):
        model = Model().fit(X.iloc[learn], y.iloc[learn])
        errors.iloc[hold_out] = np.log1p(model.predict(X.iloc[hold_out])) - np.log1p(y.iloc[hold_out])
    print(f"RMSLE in cross-validation: {(errors**2).mean() ** 0.5:.4f}")
