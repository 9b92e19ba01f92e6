"""A good submission: the median price of the houses of the same quality."""

import os
from pathlib import Path

import pandas as pd

folder = Path(os.environ["ARENA_INPUT"])
train, test = pd.read_csv(folder / "train.csv"), pd.read_csv(folder / "test.csv")
test["SalePrice"] = test["OverallQual"].map(train.groupby("OverallQual")["SalePrice"].median())
test[["Id", "SalePrice"]].to_csv("submission.csv", index=False)
