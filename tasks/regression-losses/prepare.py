"""Builds the two halves of the insurance task from the files in source/.

Reads the folder ``$ARENA_INPUT`` (a copy of ``source/``) and writes into the folder ``$ARENA_OUTPUT``:

    public/train.csv              what a learner trains on: 937 rows, 8 columns, with charges
    public/test.csv               what a learner predicts: 400 rows, 7 columns, without charges
    public/sample_submission.csv  a sample submission: everybody costs the mean of the training rows
    answers.csv                   what only the scorer sees: id, charges, Usage (Public or Private)

``insurance.csv`` has no ids, and one person stands in it twice. ``split.csv`` leaves the second copy out, gives every
other row an id, and says in which part it is. The same input always gives the same bytes: nothing here is random. The
standard library is enough.
"""

import csv
import io
import os
import statistics
from pathlib import Path

FEATURES = ["age", "sex", "bmi", "children", "smoker", "region"]
TARGET = "charges"
PARTS = {"Train": 937, "Public": 200, "Private": 200}
WORDS = {
    "sex": {"female", "male"},
    "smoker": {"no", "yes"},
    "region": {"northeast", "northwest", "southeast", "southwest"},
}

Row = dict[str, str]


def read_table(path: Path, columns: list[str]) -> list[Row]:
    """The rows of a UTF-8 CSV file, in file order, checked to have exactly these columns.

    Raises:
        SystemExit: naming the file and its first problem.
    """
    try:
        text = path.read_bytes().decode("utf-8")
        reader = csv.reader(io.StringIO(text, newline=""), strict=True)
        header = next(reader, [])
        records = list(reader)
    except OSError as error:
        raise SystemExit(f"{path.name}: cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise SystemExit(f"{path.name}: is not UTF-8 text (byte {error.start} from the start)") from error
    except csv.Error as error:
        raise SystemExit(f"{path.name}: is not a well-formed CSV file: {error}") from error
    if header != columns:
        raise SystemExit(f"{path.name}: expected the columns {','.join(columns)}, found {','.join(header) or 'none'}")
    for number, record in enumerate(records, start=1):
        if len(record) != len(columns):
            raise SystemExit(f"{path.name}: data row {number} has {len(record)} fields, expected {len(columns)}")
    return [dict(zip(columns, record, strict=True)) for record in records]


def check_people(people: list[Row]) -> None:
    """Refuses a table with a word that is not expected, or a number that is none."""
    for number, row in enumerate(people, start=1):
        for column, allowed in WORDS.items():
            if row[column] not in allowed:
                raise SystemExit(f"insurance.csv: data row {number}: {column} is {row[column]!r}")
        for column in ("age", "bmi", "children", TARGET):
            try:
                sane = 0 <= float(row[column]) < 1_000_000
            except ValueError:
                sane = False
            if not sane:
                raise SystemExit(f"insurance.csv: data row {number}: {column} is {row[column]!r}")


def joined(people: list[Row], split: list[Row]) -> list[Row]:
    """The people of the split with id and part, in order of id.

    Raises:
        SystemExit: the split does not name every different person exactly once, or its ids are not 1, 2, 3, …
    """
    found = []
    for row in split:
        number = int(row["row"])
        if not 1 <= number <= len(people) or row["part"] not in PARTS:
            raise SystemExit(f"split.csv: {row} names no row or no part")
        found.append({"id": row["id"], "part": row["part"], **people[number - 1]})
    found.sort(key=lambda row: int(row["id"]))
    if [row["id"] for row in found] != [str(number) for number in range(1, len(found) + 1)]:
        raise SystemExit("split.csv: the ids are not 1, 2, 3, …, each once")
    different = {tuple(row[column] for column in [*FEATURES, TARGET]) for row in people}
    chosen = [tuple(row[column] for column in [*FEATURES, TARGET]) for row in found]
    if len(chosen) != len(different) or set(chosen) != different:
        raise SystemExit("split.csv: it must name every different person exactly once")
    for part, count in PARTS.items():
        if sum(row["part"] == part for row in found) != count:
            raise SystemExit(f"split.csv: expected {count} {part} rows")
    return found


def csv_text(columns: list[str], rows: list[Row]) -> str:
    """The rows as CSV text with these columns, one header line and Unix line ends."""
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def main() -> None:
    for variable in ("ARENA_INPUT", "ARENA_OUTPUT"):
        if not os.environ.get(variable):
            raise SystemExit(f"{variable} is not set: it names the folder to read from or to write to")
    source = Path(os.environ["ARENA_INPUT"])
    output = Path(os.environ["ARENA_OUTPUT"])

    people = read_table(source / "insurance.csv", [*FEATURES, TARGET])
    check_people(people)
    everybody = joined(people, read_table(source / "split.csv", ["row", "id", "part"]))
    train = [row for row in everybody if row["part"] == "Train"]
    hidden = [row for row in everybody if row["part"] != "Train"]

    mean = f"{statistics.fmean(float(row[TARGET]) for row in train):.2f}"
    sample = [{"id": row["id"], TARGET: mean} for row in hidden]
    answers = [{**row, "Usage": row["part"]} for row in hidden]

    tables = {
        "public/train.csv": csv_text(["id", *FEATURES, TARGET], train),
        "public/test.csv": csv_text(["id", *FEATURES], hidden),
        "public/sample_submission.csv": csv_text(["id", TARGET], sample),
        "answers.csv": csv_text(["id", TARGET, "Usage"], answers),
    }
    (output / "public").mkdir(parents=True, exist_ok=True)
    for name, text in tables.items():
        (output / name).write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
