"""Builds the two halves of the cats-dogs task from the files in source/.

Reads the folder ``$ARENA_INPUT`` (a copy of ``source/``) and writes into the folder ``$ARENA_OUTPUT``:

    public/train.csv              2000 rows: id, file, dog (1 for a dog, 0 for a cat)
    public/test.csv               500 rows: id, file
    public/sample_submission.csv  the probability 0.5 for every test image
    public/train_images.zip, public/test_images.zip      the images, as 0001.png, 0002.png, ...
    public/train.npz, public/test.npz                    the same images as arrays, in the tables' order
    answers.csv                   what only the scorer sees: id, dog, Usage (Public or Private)

The same input always gives the same bytes: nothing here is random. Which image gets which id was drawn once and stands
in source/rows.csv.
"""

import csv
import io
import lzma
import os
import struct
import zipfile
import zlib
from pathlib import Path

import numpy as np

SHAPE = (2500, 32, 32, 3)
ROWS = {"train": 2000, "Public": 250, "Private": 250}


def read_images(path: Path) -> np.ndarray:
    """The images, uint8 of shape (2500, 32, 32, 3): height, width, and red, green and blue."""
    with lzma.open(path) as file:
        images = np.load(io.BytesIO(file.read()), allow_pickle=False)
    if images.shape != SHAPE or images.dtype != np.uint8:
        raise SystemExit(f"{path.name}: expected uint8 of shape {SHAPE}, found {images.dtype} of shape {images.shape}")
    return images


def read_rows(path: Path) -> list[dict[str, str]]:
    """The rows of rows.csv, checked: ids from 1 in order, every original row once, the parts as large as they must be.

    Raises:
        SystemExit: naming the first problem.
    """
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    if [row["id"] for row in rows] != [str(number) for number in range(1, 2501)]:
        raise SystemExit("rows.csv: the ids are not 1 to 2500 in order")
    if sorted(int(row["original_row"]) for row in rows) != list(range(2500)):
        raise SystemExit("rows.csv: the original rows are not 0 to 2499, each once")
    for part, count in ROWS.items():
        if (found := sum(row["part"] == part for row in rows)) != count:
            raise SystemExit(f"rows.csv: expected {count} rows of {part}, found {found}")
    if {row["dog"] for row in rows} != {"0", "1"}:
        raise SystemExit("rows.csv: expected 0 or 1 in the column dog")
    return rows


def png(image: np.ndarray) -> bytes:
    """A colour image as a PNG file that holds nothing but its pixels.

    The pixels are stored, not compressed, so that every file has the same size: a file's size would tell something
    about the picture otherwise. The ZIP archive around the files compresses them, better if each line of pixels is
    written as the difference to the one above it. See https://www.w3.org/TR/png-3/ for the chunks and the filter "Up",
    and RFC 1951, 3.2.4, for a stored block.
    """

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    height, width, channels = image.shape
    pixels = image.reshape(height, width * channels)
    above = np.vstack([np.zeros_like(pixels[:1]), pixels[:-1]])
    filter_up = np.full((height, 1), 2, dtype=np.uint8)
    lines = np.hstack([filter_up, pixels - above]).tobytes()  # uint8: the differences wrap around, as they should
    stored = b"\x01" + struct.pack("<HH", len(lines), len(lines) ^ 0xFFFF) + lines
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)  # 8 bits, red, green and blue
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

    originals = read_images(source / "images.npy.xz")
    rows = read_rows(source / "rows.csv")
    images = originals[[int(row["original_row"]) for row in rows]]
    dogs = [int(row["dog"]) for row in rows]

    n, total = ROWS["train"], len(rows)
    names = [f"{row['id']:0>4}.png" for row in rows]
    files = {name: png(image) for name, image in zip(names, images, strict=True)}
    ids = np.arange(1, total + 1, dtype=np.int64)
    tables = {
        "public/train.csv": csv_text(
            ["id", "file", "dog"], [[i + 1, f"train_images/{names[i]}", dogs[i]] for i in range(n)]
        ),
        "public/test.csv": csv_text(["id", "file"], [[i + 1, f"test_images/{names[i]}"] for i in range(n, total)]),
        "public/sample_submission.csv": csv_text(["id", "dog"], [[i + 1, 0.5] for i in range(n, total)]),
        "public/train_images.zip": zipped({name: files[name] for name in names[:n]}),
        "public/test_images.zip": zipped({name: files[name] for name in names[n:]}),
        "public/train.npz": npz(images=images[:n], ids=ids[:n], labels=np.array(dogs[:n], dtype=np.int64)),
        "public/test.npz": npz(images=images[n:], ids=ids[n:]),
        "answers.csv": csv_text(["id", "dog", "Usage"], [[i + 1, dogs[i], rows[i]["part"]] for i in range(n, total)]),
    }
    (output / "public").mkdir(parents=True, exist_ok=True)
    for name, data in tables.items():
        (output / name).write_bytes(data)


if __name__ == "__main__":
    main()
