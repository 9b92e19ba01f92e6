"""Data sets in the runtime that hold hidden rows."""

import bz2
import gzip
import io
import lzma
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from arena.sandbox.data_sets import fingerprints, masks, row_fingerprints
from arena.sandbox.runtime import Runtime
from tests.conftest import PUBLIC, write_files

NAMES = [f"mango number {number} of the orchard at Rajshahi" for number in range(101, 113)]
MARKS = fingerprints(NAMES)
COPY = PUBLIC["test.csv"]


def _zipped(name: str = "inner.csv") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr(name, COPY)
    return out.getvalue()


def _npz() -> bytes:
    out = io.BytesIO()
    np.savez_compressed(out, names=np.array([name.encode() for name in NAMES]), ripe=np.arange(12))
    return out.getvalue()


@pytest.fixture
def find(runtime: Runtime, tmp_path: Path) -> Callable[..., set[str]]:
    """Names, relative to the runtime, of what would be masked once ``files`` were planted in it."""

    def masked(files: dict[str, bytes], marks: tuple[bytes, ...] = MARKS) -> set[str]:
        (prefix,) = runtime.prefixes
        write_files(prefix, files)
        found = masks(runtime, marks, tmp_path / "cache", before_scan=lambda: None)
        return {path.relative_to(prefix).as_posix() for path in found}

    return masked


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("share/fruit.csv", COPY),
        ("site-packages/lib/data/fruit.csv.gz", gzip.compress(COPY)),
        ("fruit.csv.bz2", bz2.compress(COPY)),
        ("fruit.csv.xz", lzma.compress(COPY)),
        ("fruit.zip", _zipped()),
        ("fruit.npz", _npz()),
        ("FRUIT.NPZ", _npz()),
        ("no-suffix", b"x" * 100_000 + COPY),
        ("fixture.py", b"ROWS = '''" + COPY + b"'''"),
    ],
)
def test_finds(find: Callable[..., set[str]], name: str, data: bytes) -> None:
    """A copy of the hidden rows is found by content, packed or not, under any name and in any folder."""
    assert find({name: data, "site-packages/other/data.csv": b"id,weight\n1,2\n"}) == {name}


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("libfruit.so", COPY),
        ("libfruit.so.1.2", COPY),
        ("fruit.cpython-311.pyc", COPY),
        ("machine-code", b"\x7fELF" + COPY),
        ("one-row.csv", PUBLIC["test.csv"].splitlines()[1]),
        ("broken.csv.gz", gzip.compress(COPY)[:-9]),
        ("no.gz", COPY),
        ("no.zip", b"PK\x03\x04" + COPY),
        ("empty", b""),
    ],
)
def test_ignores(find: Callable[..., set[str]], name: str, data: bytes) -> None:
    """Machine code is not looked into, one row is a coincidence, and a broken archive is no reason to fail."""
    assert find({name: data}) == set()


def test_code(find: Callable[..., set[str]]) -> None:
    """Code that names a few of a task's texts is left alone; a table written as code is found, compiled or not."""
    few = b"\n".join(COPY.splitlines()[1:5])
    files = {
        "few.py": few,
        "few.txt": few,
        "table.py": COPY,
        "__pycache__/table.cpython-311.pyc": COPY,
        "__pycache__/few.cpython-311.pyc": few,
    }
    assert find(files) == {"few.txt", "table.py", "__pycache__/table.cpython-311.pyc"}


def test_links(runtime: Runtime, tmp_path: Path) -> None:
    """A link is left alone: what it leads to is found where it lies."""
    (prefix,) = runtime.prefixes
    write_files(prefix, {"fruit.csv": COPY})
    (prefix / "link.csv").symlink_to(prefix / "fruit.csv")
    found = masks(runtime, MARKS, tmp_path / "cache", before_scan=lambda: None)
    assert found == (prefix / "fruit.csv",)


def test_cached(runtime: Runtime, tmp_path: Path) -> None:
    """The same runtime and task are looked through once; the second answer is the first one's."""
    (prefix,), cache = runtime.prefixes, tmp_path / "cache"
    write_files(prefix, {"fruit.csv": COPY})
    scans: list[int] = []
    first = masks(runtime, MARKS, cache, before_scan=lambda: scans.append(1))
    write_files(prefix, {"later.csv": COPY})
    assert masks(runtime, MARKS, cache, before_scan=lambda: scans.append(1)) == first
    assert len(scans) == 1


def test_cache_is_of_task_and_runtime(runtime: Runtime, tmp_path: Path) -> None:
    """Another task, or another version of the runtime, is looked through anew."""
    cache = tmp_path / "cache"
    scans: list[int] = []
    for changed in (runtime, replace(runtime, version="3.12.0")):
        for marks in (MARKS, fingerprints(["something else", "and another text"])):
            masks(changed, marks, cache, before_scan=lambda: scans.append(1))
    assert len(scans) == 4


def test_cache_loses_what_is_gone(runtime: Runtime, tmp_path: Path) -> None:
    """A cached file that is gone since is not masked: there would be nothing to cover."""
    (prefix,) = runtime.prefixes
    write_files(prefix, {"fruit.csv": COPY})
    assert masks(runtime, MARKS, tmp_path / "cache", before_scan=lambda: None)
    (prefix / "fruit.csv").unlink()
    assert masks(runtime, MARKS, tmp_path / "cache", before_scan=lambda: None) == ()


def test_damaged_cache(runtime: Runtime, tmp_path: Path) -> None:
    """A cache that cannot be read is made anew."""
    (prefix,), cache = runtime.prefixes, tmp_path / "cache"
    write_files(prefix, {"fruit.csv": COPY})
    first = masks(runtime, MARKS, cache, before_scan=lambda: None)
    (file,) = cache.iterdir()
    file.write_bytes(b"{")
    assert masks(runtime, MARKS, cache, before_scan=lambda: None) == first


def test_always(runtime: Runtime, tmp_path: Path) -> None:
    """Folders of other people's test data and packages that the runtime does not use are masked for every task."""
    tests = runtime.site[0] / "sklearn" / "datasets" / "tests"
    foreign = tmp_path / "foreign"
    write_files(tests, {"inside.csv": COPY})
    write_files(foreign, {"x.py": b""})
    found = masks(replace(runtime, foreign=(foreign,)), (), tmp_path / "cache", before_scan=lambda: None)
    assert set(found) == {tests, foreign}


def test_no_marks(find: Callable[..., set[str]]) -> None:
    """A task whose hidden rows hold only short texts masks nothing: everything would quote them."""
    assert fingerprints(["1", "22.5", "male", "1234567"]) == ()
    assert find({"fruit.csv": COPY}, ()) == set()


def test_one_mark(find: Callable[..., set[str]]) -> None:
    """Where there is only one long text a file that quotes it is found."""
    assert find({"fruit.csv": COPY}, MARKS[:1]) == {"fruit.csv"}


@given(st.lists(st.text(max_size=20), max_size=60))
def test_fingerprints(texts: list[str]) -> None:
    """Fingerprints are the longest rare texts, at most 24, none too short, the same in whatever order they came."""
    texts = [text.encode("utf-8", "ignore").decode() for text in texts]
    marks = [mark.decode() for mark in fingerprints(texts)]
    assert marks == [mark.decode() for mark in fingerprints(reversed(texts))]
    usable = {text for text in texts if len(text) >= 8 and texts.count(text) <= 3}
    assert len(marks) == len(set(marks)) == min(24, len(usable))
    left = [len(text) for text in usable - set(marks)]
    assert not left or max(left) <= min(map(len, marks))


# A table of short cells and of words that many rows share: what packages need holds those words too.
REGIONS = ("northeast", "northwest", "southeast", "southwest")
SHORT = [
    [str(20 + row), ("female", "male")[row % 2], f"{18 + row / 8:g}", str(row % 4), REGIONS[row % 4]]
    for row in range(40)
]
SHORT_COPY = "".join(f"{','.join(row)},{1000 + number}.5\n" for number, row in enumerate(SHORT)).encode()


def test_words_that_many_rows_share(find: Callable[..., set[str]]) -> None:
    """A font or a list of places that names a task's categories is left alone; a copy of its rows is found."""
    marks = row_fingerprints(SHORT)
    font = b"\x00\x01\x00\x00" + b"\x00".join(region.encode() for region in REGIONS)
    assert find({"fonts/arrows.ttf": font, "data/copy.csv": SHORT_COPY}, marks) == {"data/copy.csv"}


def test_rows_of_another_writer(find: Callable[..., set[str]]) -> None:
    """A copy is found though its writer marks what is missing otherwise, and writes whole numbers otherwise."""
    ours = [[*row[:2], "", f"{number}.0", *row[2:], "yes", "Gable"] for number, row in enumerate(SHORT)]
    theirs = [[*row[:2], "NA", str(number), *row[2:], "yes", "Gable"] for number, row in enumerate(SHORT)]
    copy = "".join(f"{','.join(row)}\n" for row in theirs).encode()
    assert find({"copy.csv": copy}, row_fingerprints(ours)) == {"copy.csv"}


def test_long_cells_are_enough() -> None:
    """Where rows have long texts of their own these are looked for, and rows only in the place of those that lack."""
    rows = [[name, str(number), "a", "b", "c"] for number, name in enumerate(NAMES)]
    marks = row_fingerprints(rows)
    assert marks[: len(NAMES)] == fingerprints(NAMES)
    assert len(marks) == 24
    assert row_fingerprints([*rows, *([f"{name} too", "1"] for name in NAMES)]) == fingerprints(
        [*NAMES, *(f"{name} too" for name in NAMES)]
    )


def test_rows_that_tell_nothing() -> None:
    """A row of zeros, of few different numbers, or of short ones is no fingerprint."""
    assert row_fingerprints([["0"] * 100, ["0", "1", "2"] * 30, ["1", "2", "3", "4", "5"]]) == ()


@given(st.lists(st.lists(st.text(max_size=12), max_size=12), max_size=30))
def test_row_fingerprints(rows: list[list[str]]) -> None:
    """Whatever the cells, there are at most 24 fingerprints, and the order of the rows changes none."""
    rows = [[cell.encode("utf-8", "ignore").decode() for cell in row] for row in rows]
    marks = row_fingerprints(rows)
    assert len(marks) == len(set(marks)) <= 24
    assert marks == row_fingerprints(rows[::-1])
