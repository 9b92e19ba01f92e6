"""A good submission: the median of the smokers, and that of the others."""

import os
from pathlib import Path

import pandas as pd

folder = Path(os.environ["ARENA_INPUT"])
train, test = pd.read_csv(folder / "train.csv"), pd.read_csv(folder / "test.csv")
test["charges"] = test["smoker"].map(train.groupby("smoker")["charges"].median())
test[["id", "charges"]].to_csv("submission.csv", index=False)
