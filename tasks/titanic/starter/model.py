"""A first model for the Titanic task: logistic regression in a scikit-learn Pipeline.

The arena calls fit once with the training data, keeps the object, and calls predict later, in another process,
with the passengers of test.csv. So store on self everything that predict needs.
"""

from typing import Self

import numpy as np
import pandas as pd
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

# Columns that hold numbers, and columns that hold words. Name, Ticket and Cabin are not used yet: what is in them?
NUMBERS = ["Pclass", "Age", "SibSp", "Parch", "Fare"]
WORDS = ["Sex", "Embarked"]


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
        self.pipeline = Pipeline([("prepare", prepare), ("classify", LogisticRegression())])

    def fit(self, X: pd.DataFrame, y: pd.Series) -> Self:
        """Learn from X (one row a passenger, indexed by PassengerId) and y (their Survived, 0 or 1)."""
        self.pipeline.fit(X, y)
        return self

    def predict(self, X: pd.DataFrame) -> np.ndarray:
        """One prediction, 0 or 1, for each row of X, in the order of the rows."""
        return self.pipeline.predict(X)


# This part runs when you start the file yourself (python model.py), not when the arena imports it. It hides a fifth
# of the training data from the model five times over and measures how well the model does there: cross-validation.
if __name__ == "__main__":
    from sklearn.metrics import accuracy_score
    from sklearn.model_selection import StratifiedKFold

    train = pd.read_csv("train.csv", index_col="PassengerId")
    X, y = train.drop(columns="Survived"), train["Survived"]
    accuracies = []
    for learn, hold_out in StratifiedKFold(n_splits=5, shuffle=True, random_state=0).split(X, y):
        model = Model().fit(X.iloc[learn], y.iloc[learn])
        accuracies.append(accuracy_score(y.iloc[hold_out], model.predict(X.iloc[hold_out])))
    print(f"accuracy in cross-validation: {np.mean(accuracies):.4f}")
