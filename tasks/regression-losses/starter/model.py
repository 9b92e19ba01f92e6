"""A first model for the insurance task: a linear regression in a scikit-learn Pipeline.

The arena calls fit once with the training data, keeps the object, and calls predict later, in another process,
with the people of test.csv. So store on self everything that predict needs.
"""

from typing import Self

import numpy as np
import pandas as pd
from sklearn.compose import ColumnTransformer
from sklearn.linear_model import LinearRegression
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

# Columns that hold numbers, and columns that hold words.
NUMBERS = ["age", "bmi", "children"]
WORDS = ["sex", "smoker", "region"]


class Model:
    """The two methods that the arena calls."""

    def __init__(self) -> None:
        # A Pipeline is a row of steps. fit trains each step in turn; predict sends new data through the same steps.
        prepare = ColumnTransformer(
            [
                # Numbers: bring every column to mean 0 and deviation 1.
                ("numbers", StandardScaler(), NUMBERS),
                # Words: one column of 0s and 1s for each word but the first.
                ("words", OneHotEncoder(drop="first"), WORDS),
            ]
        )
        # LinearRegression has the least squared error. For the least absolute error put
        # QuantileRegressor(quantile=0.5, alpha=0) in its place; both are in sklearn.linear_model.
        self.pipeline = Pipeline([("prepare", prepare), ("predict", LinearRegression())])

    def fit(self, X: pd.DataFrame, y: pd.Series) -> Self:
        """Learn from X (one row a person, indexed by id) and y (their charges, in dollars)."""
        self.pipeline.fit(X, y)
        return self

    def predict(self, X: pd.DataFrame) -> np.ndarray:
        """One prediction, in dollars, for each row of X, in the order of the rows."""
        return self.pipeline.predict(X)


# This part runs when you start the file yourself (python model.py), not when the arena imports it. It hides a fifth
# of the training data from the model five times over and measures how well the model does there: cross-validation.
if __name__ == "__main__":
    from sklearn.model_selection import KFold

    DELTA = 3000  # dollars: where the Huber loss goes over from squares to a straight line

    train = pd.read_csv("train.csv", index_col="id")
    X, y = train.drop(columns="charges"), train["charges"]
    errors = pd.Series(0.0, index=y.index)
    for learn, hold_out in KFold(n_splits=5, shuffle=True, random_state=0).split(X):
        model = Model().fit(X.iloc[learn], y.iloc[learn])
        errors.iloc[hold_out] = y.iloc[hold_out] - model.predict(X.iloc[hold_out])
    size = errors.abs()
    huber = (errors**2 / 2).where(size <= DELTA, DELTA * (size - DELTA / 2)).mean()
    print(f"in cross-validation: MSE {(errors**2).mean():.0f}, MAE {size.mean():.0f}, Huber {huber:.0f}")
