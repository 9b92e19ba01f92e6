"""A bad submission: a straight line of the price over quality and living area goes below zero for poor houses."""

import os
from pathlib import Path

import pandas as pd
from sklearn.linear_model import LinearRegression

COLUMNS = ["OverallQual", "GrLivArea"]

folder = Path(os.environ["ARENA_INPUT"])
train, test = pd.read_csv(folder / "train.csv"), pd.read_csv(folder / "test.csv")
test["SalePrice"] = LinearRegression().fit(train[COLUMNS], train["SalePrice"]).predict(test[COLUMNS])
test[["Id", "SalePrice"]].to_csv("submission.csv", index=False)
