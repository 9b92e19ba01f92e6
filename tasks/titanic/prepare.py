"""Builds the two halves of the Titanic task from the files in source/.

Reads the folder ``$ARENA_INPUT`` (a copy of ``source/``) and writes into the folder ``$ARENA_OUTPUT``:

    public/train.csv              what a learner trains on: 891 rows, 12 columns, with Survived
    public/test.csv               what a learner predicts: 418 rows, 11 columns, without Survived
    public/gender_submission.csv  a sample submission: every woman survives, every man does not
    answers.csv                   what only the scorer sees: PassengerId, Survived, Usage (Public or Private)

The same input always gives the same bytes: nothing here is random. The standard library is enough, so that the
task can be rebuilt on a machine without pandas.
"""

import csv
import io
import os
from pathlib import Path

FEATURES = ["Pclass", "Name", "Sex", "Age", "SibSp", "Parch", "Ticket", "Fare", "Cabin", "Embarked"]
TRAIN_COLUMNS = ["PassengerId", "Survived", *FEATURES]
TEST_COLUMNS = ["PassengerId", *FEATURES]
TRAIN_IDS = [str(number) for number in range(1, 892)]
TEST_IDS = [str(number) for number in range(892, 1310)]
PUBLIC_ROWS = 209

Row = dict[str, str]


def read_table(path: Path, columns: list[str], ids: list[str]) -> list[Row]:
    """The rows of a UTF-8 CSV file, in file order, checked to have exactly these columns and passenger ids.

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
    if len(records) != len(ids):
        raise SystemExit(f"{path.name}: expected {len(ids)} data rows, found {len(records)}")
    rows = [dict(zip(columns, record, strict=True)) for record in records]
    for number, (row, expected) in enumerate(zip(rows, ids, strict=True), start=1):
        if row["PassengerId"] != expected:
            found = row["PassengerId"]
            raise SystemExit(f"{path.name}: data row {number} should have PassengerId {expected}, found {found!r}")
    return rows


def check_values(name: str, rows: list[Row], column: str, allowed: set[str]) -> None:
    """Refuses a table in which a cell of the column holds anything but an allowed value."""
    for row in rows:
        if row[column] not in allowed:
            problem = f"{column} of PassengerId {row['PassengerId']} is {row[column]!r}"
            raise SystemExit(f"{name}: {problem}, expected one of {', '.join(sorted(allowed))}")


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

    train = read_table(source / "train.csv", TRAIN_COLUMNS, TRAIN_IDS)
    test = read_table(source / "test.csv", TEST_COLUMNS, TEST_IDS)
    solution = read_table(source / "solution.csv", ["PassengerId", "Survived"], TEST_IDS)
    usage = read_table(source / "usage.csv", ["PassengerId", "Usage"], TEST_IDS)

    check_values("train.csv", train, "Survived", {"0", "1"})
    check_values("train.csv", train, "Sex", {"female", "male"})
    check_values("test.csv", test, "Sex", {"female", "male"})
    check_values("solution.csv", solution, "Survived", {"0", "1"})
    check_values("usage.csv", usage, "Usage", {"Public", "Private"})
    public_rows = sum(row["Usage"] == "Public" for row in usage)
    if public_rows != PUBLIC_ROWS:
        raise SystemExit(f"usage.csv: expected {PUBLIC_ROWS} Public rows, found {public_rows}")

    sample = [{"PassengerId": row["PassengerId"], "Survived": "1" if row["Sex"] == "female" else "0"} for row in test]
    answers = [{**truth, "Usage": use["Usage"]} for truth, use in zip(solution, usage, strict=True)]

    tables = {
        "public/train.csv": csv_text(TRAIN_COLUMNS, train),
        "public/test.csv": csv_text(TEST_COLUMNS, test),
        "public/gender_submission.csv": csv_text(["PassengerId", "Survived"], sample),
        "answers.csv": csv_text(["PassengerId", "Survived", "Usage"], answers),
    }
    (output / "public").mkdir(parents=True, exist_ok=True)
    for name, text in tables.items():
        (output / name).write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
