"""Women survive, men do not; with nothing but the standard library."""

import csv
import os
from pathlib import Path

data = Path(os.environ.get("ARENA_INPUT", "."))
output = Path(os.environ.get("ARENA_OUTPUT", "."))

with (data / "test.csv").open(encoding="utf-8", newline="") as file:
    passengers = list(csv.DictReader(file))

with (output / "submission.csv").open("w", encoding="utf-8", newline="") as file:
    writer = csv.writer(file)
    writer.writerow(["PassengerId", "Survived"])
    for passenger in passengers:
        writer.writerow([passenger["PassengerId"], int(passenger["Sex"] == "female")])
