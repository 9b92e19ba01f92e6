"""A first program for the cats-dogs task: logistic regression on a very small version of each image.

It needs pandas, NumPy, Pillow and scikit-learn. Run it in the folder that `arena download` made, where train.csv lies:

    python starter/main.py

and it writes submission.csv there. In the arena the two folders below come from the environment.
"""

import os
from pathlib import Path

import numpy as np
import pandas as pd
from PIL import Image
from sklearn.linear_model import LogisticRegression

# Where the data is, and where the predictions go. The arena sets both variables; on your own computer
# they are not set, and "." (the current folder) is used.
INPUT = Path(os.environ.get("ARENA_INPUT", "."))
OUTPUT = Path(os.environ.get("ARENA_OUTPUT", "."))

# Each image is made this many pixels wide and high: 8 x 8 pixels in 3 colours are 192 features. Try 4, 16 or 32.
SIDE = 8

# 1. Read the tables. The column "file" says where each image is. In train, "dog" is 1 for a dog and 0 for a cat; in
#    test it is missing: that is what we predict.
train = pd.read_csv(INPUT / "train.csv")
test = pd.read_csv(INPUT / "test.csv")
print(f"{len(train)} images to learn from, {len(test)} to predict")


# 2. Read the images. One image is a table of numbers: 32 rows, 32 columns, and red, green and blue from 0 to 255.
#    BOX makes it smaller: each new pixel is the mean of those that it stands for.
def read_features(files):
    small = [Image.open(INPUT / file).resize((SIDE, SIDE), Image.Resampling.BOX) for file in files]
    return np.stack([np.asarray(image, dtype=float).reshape(-1) / 255 for image in small])


train_features = read_features(train["file"])
test_features = read_features(test["file"])
# All images in their full size, without opening thousands of files, in the same order:
# np.load(INPUT / "train.npz") holds them under the name "images".

# 3. Learn. C says how large the weights may become: a small C keeps the model from learning the images by heart.
model = LogisticRegression(C=0.01)
model.fit(train_features, train["dog"])
print(f"right for {model.score(train_features, train['dog']):.3f} of the images that it has learnt from")

# 4. Predict. predict_proba gives two columns: the probability of 0, a cat, and that of 1, a dog. We hand in the second.
probabilities = model.predict_proba(test_features)[:, 1]

# 5. Write the submission: two columns, one row for each test image. index=False leaves out pandas' row numbers.
submission = pd.DataFrame({"id": test["id"], "dog": probabilities})
submission.to_csv(OUTPUT / "submission.csv", index=False)
print(f"wrote {len(submission)} predictions to {OUTPUT / 'submission.csv'}")
