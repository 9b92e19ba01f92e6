"""A first program for the Titanic task: learn a rule from the training data, then apply it.

It needs only pandas. Run it in the folder that holds train.csv and test.csv:

    python main.py

and it writes submission.csv there. In the arena the two folders below come from the environment.
"""

import os
from pathlib import Path

import pandas as pd

# Where the data is, and where the predictions go. The arena sets both variables; on your own computer
# they are not set, and "." (the current folder) is used.
INPUT = Path(os.environ.get("ARENA_INPUT", "."))
OUTPUT = Path(os.environ.get("ARENA_OUTPUT", "."))

# Which columns divide the passengers into groups. Try ["Sex", "Pclass"] too, or a column that you make yourself.
GROUP_BY = ["Sex"]

# 1. Read the data. train has the column Survived; test has not: that is what we predict.
train = pd.read_csv(INPUT / "train.csv")
test = pd.read_csv(INPUT / "test.csv")
print(f"{len(train)} passengers to learn from, {len(test)} to predict")

# 2. Learn. Survived is 0 or 1, so its mean within a group is the share of that group that survived.
survival_rate = train.groupby(GROUP_BY)["Survived"].mean().rename("rate").reset_index()
print(survival_rate)

# 3. Predict. Give each test passenger the rate of their group. Above one half we say "survived" (1), else "died" (0).
#    A group that never occurs in train has no rate; fillna(0) turns that into a rate of 0.
rates = test.merge(survival_rate, on=GROUP_BY, how="left")["rate"].fillna(0)
predictions = (rates > 0.5).astype(int)

# 4. Write the submission: two columns, one row for each test passenger. index=False leaves out pandas' row numbers.
submission = pd.DataFrame({"PassengerId": test["PassengerId"], "Survived": predictions})
submission.to_csv(OUTPUT / "submission.csv", index=False)
print(f"wrote {len(submission)} predictions to {OUTPUT / 'submission.csv'}")
