"""Logistic regression on eight features made from the passenger list."""

import os
from pathlib import Path

import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler


def titles(passengers: pd.DataFrame) -> pd.Series:
    """The title in each name: "Braund, Mr. Owen Harris" has "Mr"; rare ones join the common one that they mean."""
    title = passengers["Name"].str.extract(r",\s*([^.]+)\.", expand=False)
    title = title.replace(
        {"Mlle": "Miss", "Ms": "Miss", "Mme": "Mrs", "Lady": "Mrs", "the Countess": "Mrs", "Dona": "Mrs"}
    )
    return title.where(title.isin(["Mr", "Mrs", "Miss", "Master"]), "Mr")


def features(passengers: pd.DataFrame, age_by_title: pd.Series) -> pd.DataFrame:
    """Eight numbers a passenger; a missing age becomes the usual age of people with the same title."""
    title = titles(passengers)
    woman = passengers["Sex"] == "female"
    family = passengers["SibSp"] + passengers["Parch"] + 1
    columns = {
        "woman": woman,
        "boy": title == "Master",  # "Master" was the title of boys
        "first_class": passengers["Pclass"] == 1,
        "second_class": passengers["Pclass"] == 2,
        "woman_in_third_class": woman & (passengers["Pclass"] == 3),
        "age": passengers["Age"].fillna(title.map(age_by_title)),
        "family": family,
        "large_family": family > 4,
    }
    return pd.DataFrame(columns).astype(float)


def main() -> None:
    data = Path(os.environ.get("ARENA_INPUT", "."))
    train = pd.read_csv(data / "train.csv")
    test = pd.read_csv(data / "test.csv")

    # Learnt from the training rows alone, then used for both tables.
    age_by_title = train["Age"].groupby(titles(train)).median()

    model = make_pipeline(StandardScaler(), LogisticRegression())
    model.fit(features(train, age_by_title), train["Survived"])

    submission = pd.DataFrame(
        {
            "PassengerId": test["PassengerId"],
            "Survived": model.predict(features(test, age_by_title)),
        }
    )
    submission.to_csv(Path(os.environ.get("ARENA_OUTPUT", ".")) / "submission.csv", index=False)


if __name__ == "__main__":
    main()
