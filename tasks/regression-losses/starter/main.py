"""A first program for the insurance task: learn what people of each group cost, then apply it.

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

# Which columns divide the people into groups. Try ["smoker"] alone too.
GROUP_BY = ["smoker", "decade"]
# What stands for a group: "mean" or "median". This one word decides which loss the program is good at.
MIDDLE = "median"
# Where the Huber loss goes over from squares to a straight line, in dollars.
DELTA = 3000


def huber(errors):
    """The mean Huber loss of some errors."""
    size = errors.abs()
    small = errors**2 / 2
    large = DELTA * (size - DELTA / 2)
    return small.where(size <= DELTA, large).mean()


# 1. Read the data. train has the column charges; test has not: that is what we predict.
train = pd.read_csv(INPUT / "train.csv")
test = pd.read_csv(INPUT / "test.csv")
print(f"{len(train)} people to learn from, {len(test)} to predict")

# 2. Make a column: 18 to 19 is decade 1, 20 to 29 is decade 2, and so on.
train["decade"] = train["age"] // 10
test["decade"] = test["age"] // 10

# 3. Learn. One number for each group.
middle = train.groupby(GROUP_BY)["charges"].agg(MIDDLE).rename("guess").reset_index()
print(middle)

# 4. How good is it on the training data? Three losses, three opinions.
errors = train["charges"] - train.merge(middle, on=GROUP_BY, how="left")["guess"]
print(f"MSE {(errors**2).mean():.0f}   MAE {errors.abs().mean():.0f}   Huber {huber(errors):.0f}")

# 5. Predict. Give each person the number of their group. A group that never occurs in train has none; it gets that
#    of all people.
guesses = test.merge(middle, on=GROUP_BY, how="left")["guess"].fillna(train["charges"].agg(MIDDLE))

# 6. Write the submission: two columns, one row for each person. index=False leaves out pandas' row numbers.
submission = pd.DataFrame({"id": test["id"], "charges": guesses.round(2)})
submission.to_csv(OUTPUT / "submission.csv", index=False)
print(f"wrote {len(submission)} predictions to {OUTPUT / 'submission.csv'}")
