"""A first program for the digits task: compare each image with the mean image of every digit.

It needs pandas, NumPy and Pillow. Run it in the folder that `arena download` made, where train.csv lies:

    python starter/main.py

and it writes submission.csv there. In the arena the two folders below come from the environment.
"""

import os
from pathlib import Path

import numpy as np
import pandas as pd
from PIL import Image

# Where the data is, and where the predictions go. The arena sets both variables; on your own computer
# they are not set, and "." (the current folder) is used.
INPUT = Path(os.environ.get("ARENA_INPUT", "."))
OUTPUT = Path(os.environ.get("ARENA_OUTPUT", "."))

# 1. Read the tables. The column "file" says where each image is; train has the column "digit", test has not: that is
#    what we predict.
train = pd.read_csv(INPUT / "train.csv")
test = pd.read_csv(INPUT / "test.csv")
print(f"{len(train)} images to learn from, {len(test)} to predict")


# 2. Read the images. One image is a table of numbers: 28 rows, 28 columns, 0 for black to 255 for white.
#    All of them together are an array of shape (number of images, 28, 28).
def read_images(files):
    return np.stack([np.asarray(Image.open(INPUT / file), dtype=float) for file in files])


train_images = read_images(train["file"])
test_images = read_images(test["file"])
# The same numbers without opening thousands of files, in the same order:
# np.load(INPUT / "train.npz") holds them under the name "images".

# 3. Learn. The mean of all images of a 3 looks like a blurred 3. There are ten such means, one for each digit.
means = np.stack([train_images[train["digit"] == digit].mean(axis=0) for digit in range(10)])

# 4. Predict. How far is an image from each mean? We add up the squared differences of its 784 numbers. The digit whose
#    mean is nearest is our prediction.
distances = np.stack([((test_images - mean) ** 2).sum(axis=(1, 2)) for mean in means], axis=1)
predictions = distances.argmin(axis=1)

# 5. Write the submission: two columns, one row for each test image. index=False leaves out pandas' row numbers.
submission = pd.DataFrame({"id": test["id"], "digit": predictions})
submission.to_csv(OUTPUT / "submission.csv", index=False)
print(f"wrote {len(submission)} predictions to {OUTPUT / 'submission.csv'}")
