"""Predicts everybody and writes nothing: submission.csv is missing."""

import csv
import os
from pathlib import Path

data = Path(os.environ.get("ARENA_INPUT", "."))

with (data / "test.csv").open(encoding="utf-8", newline="") as file:
    predictions = {row["PassengerId"]: int(row["Sex"] == "female") for row in csv.DictReader(file)}

print(f"made {len(predictions)} predictions, and forgot to write them")
