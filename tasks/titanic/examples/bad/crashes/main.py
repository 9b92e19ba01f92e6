"""Stops with an exception: the name of a column is misspelt."""

import csv
import os
from pathlib import Path

data = Path(os.environ.get("ARENA_INPUT", "."))

with (data / "train.csv").open(encoding="utf-8", newline="") as file:
    passengers = list(csv.DictReader(file))

survivors = sum(int(passenger["Survivd"]) for passenger in passengers)  # KeyError: 'Survivd'
print(f"{survivors} of {len(passengers)} survived")
