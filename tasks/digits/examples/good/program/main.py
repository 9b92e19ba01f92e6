"""The nearest mean image, from the PNG files."""

import csv
import os
from pathlib import Path

import numpy as np
from PIL import Image

data, output = Path(os.environ["ARENA_INPUT"]), Path(os.environ["ARENA_OUTPUT"])


def rows(name: str) -> list[dict[str, str]]:
    with (data / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def pixels(table: list[dict[str, str]]) -> np.ndarray:
    return np.stack([np.asarray(Image.open(data / row["file"]), dtype=float) for row in table])


train, test = rows("train.csv"), rows("test.csv")
images, digits = pixels(train), np.array([int(row["digit"]) for row in train])
means = [images[digits == digit].mean(axis=0) for digit in range(10)]
distances = np.stack([((pixels(test) - mean) ** 2).sum(axis=(1, 2)) for mean in means])

with (output / "submission.csv").open("w", encoding="utf-8", newline="") as file:
    writer = csv.writer(file)
    writer.writerow(["id", "digit"])
    writer.writerows(zip((row["id"] for row in test), distances.argmin(axis=0).tolist(), strict=True))
