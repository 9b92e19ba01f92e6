"""Builds the two halves of the house prices task from the files in source/.

Reads the folder ``$ARENA_INPUT`` (a copy of ``source/``) and writes into the folder ``$ARENA_OUTPUT``:

    public/train.csv              what a learner trains on: 1460 rows, 81 columns, with SalePrice
    public/test.csv               what a learner predicts: 1459 rows, 80 columns, without SalePrice
    public/sample_submission.csv  a sample submission: every house costs the median of the training rows
    answers.csv                   what only the scorer sees: Id, SalePrice, Usage (Public or Private)

The same input always gives the same bytes: nothing here is random. The standard library is enough.
"""

import csv
import io
import os
import statistics
from pathlib import Path

TARGET = "SalePrice"
TRAIN_IDS = [str(number) for number in range(1, 1461)]
TEST_IDS = [str(number) for number in range(1461, 2920)]
FEATURES = 79
PUBLIC_ROWS = 730

Row = dict[str, str]


def read_table(path: Path, ids: list[str]) -> tuple[list[str], list[Row]]:
    """The columns and rows of a UTF-8 CSV file, in file order, checked to have exactly these ids.

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
    if header[:1] != ["Id"] or len(set(header)) != len(header):
        raise SystemExit(f"{path.name}: the first column must be Id, and no column may stand there twice")
    for number, record in enumerate(records, start=1):
        if len(record) != len(header):
            raise SystemExit(f"{path.name}: data row {number} has {len(record)} fields, expected {len(header)}")
    if [record[0] for record in records] != ids:
        raise SystemExit(f"{path.name}: the ids must be {ids[0]} to {ids[-1]}, in this order")
    return header, [dict(zip(header, record, strict=True)) for record in records]


def check_prices(name: str, rows: list[Row]) -> None:
    """Refuses a table in which a price is no whole number of dollars above zero."""
    for row in rows:
        if not row[TARGET].isdigit() or int(row[TARGET]) == 0:
            raise SystemExit(f"{name}: {TARGET} of Id {row['Id']} is {row[TARGET]!r}")


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

    train_columns, train = read_table(source / "train.csv", TRAIN_IDS)
    test_columns, test = read_table(source / "test.csv", TEST_IDS)
    _, solution = read_table(source / "solution.csv", TEST_IDS)
    _, usage = read_table(source / "usage.csv", TEST_IDS)

    if train_columns != [*test_columns, TARGET] or len(test_columns) != FEATURES + 1:
        raise SystemExit(f"train.csv must have the {FEATURES + 1} columns of test.csv, then {TARGET}")
    check_prices("train.csv", train)
    check_prices("solution.csv", solution)
    if {row["Usage"] for row in usage} != {"Public", "Private"}:
        raise SystemExit("usage.csv: Usage must be Public or Private")
    public_rows = sum(row["Usage"] == "Public" for row in usage)
    if public_rows != PUBLIC_ROWS:
        raise SystemExit(f"usage.csv: expected {PUBLIC_ROWS} Public rows, found {public_rows}")

    median = str(round(statistics.median(int(row[TARGET]) for row in train)))
    sample = [{"Id": row["Id"], TARGET: median} for row in test]
    answers = [{**truth, "Usage": use["Usage"]} for truth, use in zip(solution, usage, strict=True)]

    tables = {
        "public/train.csv": csv_text(train_columns, train),
        "public/test.csv": csv_text(test_columns, test),
        "public/sample_submission.csv": csv_text(["Id", TARGET], sample),
        "answers.csv": csv_text(["Id", TARGET, "Usage"], answers),
    }
    (output / "public").mkdir(parents=True, exist_ok=True)
    for name, text in tables.items():
        (output / name).write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
