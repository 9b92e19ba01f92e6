"""A first program for the house prices task: what does a square foot cost in each neighbourhood?

It needs only pandas and NumPy. Run it in the folder that holds train.csv and test.csv:

    python main.py

and it writes submission.csv there. In the arena the two folders below come from the environment.
"""

import os
from pathlib import Path

import numpy as np
import pandas as pd

# Where the data is, and where the predictions go. The arena sets both variables; on your own computer
# they are not set, and "." (the current folder) is used.
INPUT = Path(os.environ.get("ARENA_INPUT", "."))
OUTPUT = Path(os.environ.get("ARENA_OUTPUT", "."))

# Which columns divide the houses into groups. Try ["OverallQual"] too, or both.
GROUP_BY = ["Neighborhood"]

# 1. Read the data. train has the column SalePrice; test has not: that is what we predict.
train = pd.read_csv(INPUT / "train.csv")
test = pd.read_csv(INPUT / "test.csv")
print(f"{len(train)} houses to learn from, {len(test)} to predict")

# 2. Learn. A house's price for each square foot of its living area, and the middle one of each group.
train["per_foot"] = train["SalePrice"] / train["GrLivArea"]
usual = train.groupby(GROUP_BY)["per_foot"].median().rename("usual").reset_index()
print(usual)

# 3. Predict. The usual price of the group, times the living area. A group that never occurs in train has no usual
#    price; it gets that of all houses.
per_foot = test.merge(usual, on=GROUP_BY, how="left")["usual"].fillna(train["per_foot"].median())
predictions = per_foot * test["GrLivArea"]

# 4. How good is the rule on the training data? The error of the logarithms is what counts here.
guesses = train.merge(usual, on=GROUP_BY, how="left")["usual"] * train["GrLivArea"]
errors = np.log1p(guesses) - np.log1p(train["SalePrice"])
print(f"RMSLE on the training data: {(errors**2).mean() ** 0.5:.4f}")

# 5. Write the submission: two columns, one row for each house. index=False leaves out pandas' row numbers.
submission = pd.DataFrame({"Id": test["Id"], "SalePrice": predictions.round()})
submission.to_csv(OUTPUT / "submission.csv", index=False)
print(f"wrote {len(submission)} predictions to {OUTPUT / 'submission.csv'}")
