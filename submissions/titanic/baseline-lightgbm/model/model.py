"""Gradient-boosted trees (LightGBM), kept small and regularised, with one feature about travelling companions."""

from typing import Self

import numpy as np
import pandas as pd
from lightgbm import LGBMClassifier


def is_boy(passengers: pd.DataFrame) -> pd.Series:
    """Whether the title in the name is "Master", the title of boys."""
    return passengers["Name"].str.contains(", Master.", regex=False)


def parties(passengers: pd.DataFrame) -> list[pd.Series]:
    """Two ways to say who travels together: the same ticket; or the same surname, class and fare."""
    surname = passengers["Name"].str.split(",").str[0]
    family = surname + "|" + passengers["Pclass"].astype(str) + "|" + passengers["Fare"].astype(str)
    return [passengers["Ticket"], family]


class Model:
    """LightGBM on six plain features and the fate of the women and boys in the same party."""

    def fit(self, X: pd.DataFrame, y: pd.Series) -> Self:
        # Women and boys of one party mostly lived or died together. Grown men mostly died whatever befell their
        # party, so they tell nothing about it and are left out.
        self.witnesses = X[(X["Sex"] == "female") | is_boy(X)]
        self.witness_fates = y[self.witnesses.index]
        self.trees = LGBMClassifier(
            n_estimators=200,
            learning_rate=0.03,
            num_leaves=6,  # small trees, ...
            min_child_samples=15,  # ... no leaf for fewer than 15 passengers, ...
            reg_lambda=5.0,  # ... leaf values pulled towards zero, ...
            subsample=0.8,  # ... each tree from four fifths of the passengers ...
            subsample_freq=1,
            colsample_bytree=0.7,  # ... and seven tenths of the features: all this against overfitting
            random_state=0,
            n_jobs=1,
            deterministic=True,
            force_row_wise=True,
            verbose=-1,
        )
        self.trees.fit(self.features(X), y)
        return self

    def predict(self, X: pd.DataFrame) -> np.ndarray:
        return self.trees.predict(self.features(X)).astype(int)

    def features(self, X: pd.DataFrame) -> pd.DataFrame:
        """Seven numbers a passenger; a missing age stays missing, as LightGBM knows how to split on that."""
        columns = {
            "woman": X["Sex"] == "female",
            "boy": is_boy(X),
            "class": X["Pclass"],
            "age": X["Age"],
            "family": X["SibSp"] + X["Parch"] + 1,
            "fare": X["Fare"],
            "companions_survived": self.companions_survived(X),
        }
        return pd.DataFrame(columns).astype(float)

    def companions_survived(self, X: pd.DataFrame) -> pd.Series:
        """The share of a passenger's known companions who lived, 0.5 where none is known.

        A passenger's own fate is taken out first. Without that the training rows would carry their own label,
        the trees would learn to read it, and the accuracy in training would mean nothing.
        """
        own_count = pd.Series(1, self.witnesses.index).reindex(X.index, fill_value=0)
        own_fate = self.witness_fates.reindex(X.index, fill_value=0)
        share = pd.Series(np.nan, X.index)
        for party, known_party in zip(parties(X), parties(self.witnesses), strict=True):
            fates = self.witness_fates.groupby(known_party)
            count = party.map(fates.count()).fillna(0) - own_count
            lived = party.map(fates.sum()).fillna(0) - own_fate
            share = share.fillna(lived / count.where(count > 0))
        return share.fillna(0.5)
