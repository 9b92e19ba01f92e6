"""Builds the two halves of the digits task from the files in source/.

Reads the folder ``$ARENA_INPUT`` (a copy of ``source/``) and writes into the folder ``$ARENA_OUTPUT``:

    public/train.csv              4000 rows: id, file, digit
    public/test.csv               1000 rows: id, file
    public/sample_submission.csv  a 0 for every test image
    public/train_images.zip, public/test_images.zip      the images, as 0001.png, 0002.png, ...
    public/train.npz, public/test.npz                    the same images as arrays, in the tables' order
    answers.csv                   what only the scorer sees: id, digit, Usage (Public or Private)

The same input always gives the same bytes: nothing here is random. Which image gets which id was drawn once and stands
in source/rows.csv.
"""

import csv
import gzip
import io
import os
import struct
import zipfile
import zlib
from pathlib import Path

import numpy as np

SIZE = 28
ROWS = {"train": 4000, "Public": 500, "Private": 500}


def read_digits(path: Path) -> tuple[np.ndarray, np.ndarray]:
    """The images, uint8 of shape (5000, 28, 28), and their digits, of shape (5000,).

    Each line of the file has 784 grey values, row by row, and then the digit.
    """
    with gzip.open(path, "rt", encoding="ascii") as file:
        table = np.loadtxt(file, delimiter=",", dtype=np.uint8)
    if table.shape != (5000, SIZE * SIZE + 1) or table[:, -1].max() > 9:
        raise SystemExit(f"{path.name}: expected 5000 rows of {SIZE * SIZE} grey values and a digit")
    return table[:, :-1].reshape(-1, SIZE, SIZE), table[:, -1]


def read_rows(path: Path) -> list[dict[str, str]]:
    """The rows of rows.csv, checked: ids from 1 in order, every original row once, the parts as large as they must be.

    Raises:
        SystemExit: naming the first problem.
    """
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    if [row["id"] for row in rows] != [str(number) for number in range(1, 5001)]:
        raise SystemExit("rows.csv: the ids are not 1 to 5000 in order")
    if sorted(int(row["original_row"]) for row in rows) != list(range(5000)):
        raise SystemExit("rows.csv: the original rows are not 0 to 4999, each once")
    for part, count in ROWS.items():
        if (found := sum(row["part"] == part for row in rows)) != count:
            raise SystemExit(f"rows.csv: expected {count} rows of {part}, found {found}")
    return rows


def png(image: np.ndarray) -> bytes:
    """A grey image as a PNG file that holds nothing but its pixels.

    The pixels are stored, not compressed, so that every file has the same size: a compressed 1 would be smaller than a
    compressed 8, and a file's size would tell something about the digit. The ZIP archive around the files compresses
    them. See https://www.w3.org/TR/png-3/ for the chunks and RFC 1951, 3.2.4, for a stored block.
    """

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    height, width = image.shape
    filter_none = np.zeros((height, 1), dtype=np.uint8)
    lines = np.hstack([filter_none, image]).tobytes()
    stored = b"\x01" + struct.pack("<HH", len(lines), len(lines) ^ 0xFFFF) + lines
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)  # 8 bits, grey
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", b"\x78\x01" + stored + struct.pack(">I", zlib.adler32(lines)))
        + chunk(b"IEND", b"")
    )


def zipped(files: dict[str, bytes]) -> bytes:
    """A ZIP archive of the files in this order, all with the same date."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, data in files.items():
            info = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o644 << 16
            archive.writestr(info, data)
    return packed.getvalue()


def npz(**arrays: np.ndarray) -> bytes:
    """The arrays as an .npz file."""
    packed = io.BytesIO()
    np.savez_compressed(packed, **arrays)
    return packed.getvalue()


def csv_text(columns: list[str], rows: list[list[object]]) -> bytes:
    """The rows as CSV text with one header line and Unix line ends."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
    return text.getvalue().encode()


def main() -> None:
    for variable in ("ARENA_INPUT", "ARENA_OUTPUT"):
        if not os.environ.get(variable):
            raise SystemExit(f"{variable} is not set: it names the folder to read from or to write to")
    source = Path(os.environ["ARENA_INPUT"])
    output = Path(os.environ["ARENA_OUTPUT"])

    originals, original_digits = read_digits(source / "mnist_5k.csv.gz")
    rows = read_rows(source / "rows.csv")
    order = np.array([int(row["original_row"]) for row in rows])
    images, digits = originals[order], original_digits[order].tolist()

    n = ROWS["train"]
    names = [f"{row['id']:0>4}.png" for row in rows]
    files = {name: png(image) for name, image in zip(names, images, strict=True)}
    ids = np.arange(1, 5001, dtype=np.int64)
    tables = {
        "public/train.csv": csv_text(
            ["id", "file", "digit"], [[i + 1, f"train_images/{names[i]}", digits[i]] for i in range(n)]
        ),
        "public/test.csv": csv_text(["id", "file"], [[i + 1, f"test_images/{names[i]}"] for i in range(n, 5000)]),
        "public/sample_submission.csv": csv_text(["id", "digit"], [[i + 1, 0] for i in range(n, 5000)]),
        "public/train_images.zip": zipped({name: files[name] for name in names[:n]}),
        "public/test_images.zip": zipped({name: files[name] for name in names[n:]}),
        "public/train.npz": npz(images=images[:n], ids=ids[:n], labels=np.array(digits[:n], dtype=np.int64)),
        "public/test.npz": npz(images=images[n:], ids=ids[n:]),
        "answers.csv": csv_text(
            ["id", "digit", "Usage"], [[i + 1, digits[i], rows[i]["part"]] for i in range(n, 5000)]
        ),
    }
    (output / "public").mkdir(parents=True, exist_ok=True)
    for name, data in tables.items():
        (output / name).write_bytes(data)


if __name__ == "__main__":
    main()
