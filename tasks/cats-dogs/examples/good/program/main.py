"""The brighter an image, the more it is a dog, from the PNG files. A rule of no merit: it is there to be run."""

import csv
import os
from pathlib import Path

import numpy as np
from PIL import Image

data, output = Path(os.environ["ARENA_INPUT"]), Path(os.environ["ARENA_OUTPUT"])

with (data / "test.csv").open(encoding="utf-8", newline="") as file:
    test = list(csv.DictReader(file))
images = np.stack([np.asarray(Image.open(data / row["file"])) for row in test])
brightness = images.reshape(len(images), -1).sum(axis=1) / (255 * 3072)

with (output / "submission.csv").open("w", encoding="utf-8", newline="") as file:
    writer = csv.writer(file)
    writer.writerow(["id", "dog"])
    writer.writerows(
        [row["id"], round(0.4 + 0.2 * float(value), 3)] for row, value in zip(test, brightness, strict=True)
    )
