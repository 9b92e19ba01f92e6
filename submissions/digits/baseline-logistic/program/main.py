"""Logistic regression on the 784 grey values of an image."""

import os
from pathlib import Path

import numpy as np
import pandas as pd
from PIL import Image
from sklearn.linear_model import LogisticRegression

FOLDER = Path(os.environ.get("ARENA_INPUT", "."))


def pixels(table: pd.DataFrame) -> np.ndarray:
    """The images that the table names, one a row: float of shape (n, 784), from 0 for black to 1 for white."""
    images = [np.asarray(Image.open(FOLDER / file)) for file in table["file"]]
    return np.stack(images).reshape(len(images), -1) / 255


def main() -> None:
    train = pd.read_csv(FOLDER / "train.csv")
    test = pd.read_csv(FOLDER / "test.csv")

    # A small C pulls the weights towards zero, against overfitting: 7,850 weights are many for 4,000 images.
    model = LogisticRegression(C=0.03, max_iter=300)
    model.fit(pixels(train), train["digit"])
    print(f"right for {model.score(pixels(train), train['digit']):.3f} of the training images")

    submission = pd.DataFrame({"id": test["id"], "digit": model.predict(pixels(test))})
    submission.to_csv(Path(os.environ.get("ARENA_OUTPUT", ".")) / "submission.csv", index=False)


if __name__ == "__main__":
    main()
