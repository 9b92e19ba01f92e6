"""Find data sets inside the runtime's packages that hold a task's hidden rows, by content.

scikit-learn's wheel holds Titanic's labels, and other packages other tasks'. A file that quotes enough of a task's
hidden rows is masked in the sandbox. Compressed files are looked into. The result depends on runtime and task only,
so it is cached.

What is looked for are long texts that hardly any other row has. Words that many rows share, such as `southwest`, are
no sign of a table: fonts and time zones have them too, and packages need those files. A table of short cells is known
by whole rows, in the form in which a CSV file has them.
"""

import bz2
import glob
import gzip
import hashlib
import json
import lzma
import os
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

from arena.files import write_atomic
from arena.sandbox.runtime import Runtime

# Folders that hold only other people's test data, masked for every task.
_ALWAYS = ("sklearn/datasets/tests",)
# Machine code and bytecode quote no table; they are most of a runtime's bytes.
_SKIPPED = (".so", ".a", ".pyc", ".h", ".hpp", ".cuh", ".pyi", ".o", ".exe", ".dll", ".mo", ".js", ".css")
_MACHINE_CODE = b"\x7fELF"
_MAX_FILE_BYTES = 256 * 1024**2
_MIN_LENGTH = 8
_MAX_FINGERPRINTS = 24
# In so many rows a text may stand and still be no category's name.
_RARE = 3
# A stretch of a row that chance puts nowhere else: not zeros alone, nor a few small numbers.
_MIN_STRETCH = 20
_MIN_DIFFERENT = 4
_NEEDED = 2
# Code and its examples may well name two of a task's dates or places; a table written as code names many.
_NEEDED_IN_CODE = 8
_VERSION = 3


def fingerprints(texts: Iterable[str]) -> tuple[bytes, ...]:
    """Pick the longest of the rare texts, which chance puts nowhere else: names, hashes, long numbers, sentences."""
    counts = Counter(text for text in texts if len(text) >= _MIN_LENGTH)
    usable = [text for text, count in counts.items() if count <= _RARE]
    usable.sort(key=lambda text: (-len(text), text))
    return tuple(text.encode() for text in usable[:_MAX_FINGERPRINTS])


def row_fingerprints(rows: Iterable[Sequence[str]]) -> tuple[bytes, ...]:
    """Pick the fingerprints of a table's rows: their rare cells, and where those are few, stretches of whole rows."""
    table = list(rows)
    cells = fingerprints(cell for row in table for cell in row)
    return (*cells, *fingerprints(filter(None, map(_stretch, table))))[:_MAX_FINGERPRINTS]


def _stretch(row: Sequence[str]) -> str:
    """The longest run of neighbouring cells that every writer of CSV files writes alike.

    Missing cells are empty here and `NA` there, and whole numbers end in `.0` where a column has a missing one.
    """
    runs: list[list[str]] = [[]]
    for cell in row:
        if not cell or cell.endswith(".0") or any(char in cell for char in ',"\n\r'):
            runs.append([])
        else:
            runs[-1].append(cell)
    different = [run for run in runs if len(set(run)) >= _MIN_DIFFERENT]
    longest = max((",".join(run) for run in different), key=len, default="")
    return longest if len(longest) >= _MIN_STRETCH else ""


def masks(
    runtime: Runtime, marks: Sequence[bytes], cache: Path, *, before_scan: Callable[[], None]
) -> tuple[Path, ...]:
    """Files and folders of the runtime to cover, for a task whose hidden rows have these fingerprints.

    ``before_scan`` is called when nothing is cached: looking through every package takes seconds.
    """
    key_text = json.dumps(
        [_VERSION, runtime.digest(), [str(p) for p in runtime.prefixes], sorted(map(bytes.hex, marks))]
    )
    path = cache / f"{hashlib.sha256(key_text.encode()).hexdigest()}.json"
    try:
        known = [Path(each) for each in json.loads(path.read_bytes())]
    except (OSError, ValueError):
        before_scan()
        known = list(_find(runtime, marks))
        write_atomic(path, json.dumps([str(each) for each in known]).encode(), mode=0o600)
    return tuple(each for each in known if each.exists())


def _find(runtime: Runtime, marks: Sequence[bytes]) -> Iterator[Path]:
    always = [site / folder for site in runtime.site for folder in _ALWAYS if (site / folder).is_dir()]
    always += runtime.foreign
    yield from always
    if not marks:
        return
    for prefix in runtime.prefixes:
        for folder, folders, names in os.walk(prefix):
            folders[:] = [name for name in folders if Path(folder, name) not in always]
            for name in names:
                path, is_code = Path(folder, name), name.endswith(".py")
                needed = min(_NEEDED_IN_CODE if is_code else _NEEDED, len(marks))
                if not name.endswith(_SKIPPED) and ".so." not in name and _quotes(path, marks, needed):
                    yield path
                    yield from _compiled(path) if is_code else ()


def _compiled(path: Path) -> Iterator[Path]:
    """What Python compiled a source file to: it quotes what its source quotes."""
    yield from (path.parent / "__pycache__").glob(f"{glob.escape(path.stem)}.*.pyc")


def _quotes(path: Path, marks: Sequence[bytes], needed: int) -> bool:
    try:
        if path.is_symlink() or not path.is_file() or path.stat().st_size > _MAX_FILE_BYTES:
            return False
        return any(_hits(content, marks, needed) for content in _contents(path))
    except (
        OSError,
        EOFError,
        ValueError,
        zlib.error,
        lzma.LZMAError,
        zipfile.BadZipFile,
        NotImplementedError,
        RuntimeError,
    ):
        return False


def _hits(content: bytes, marks: Sequence[bytes], needed: int) -> bool:
    found = 0
    for left, mark in zip(range(len(marks), 0, -1), marks, strict=True):
        if found + left < needed:
            return False
        found += mark in content
        if found >= needed:
            return True
    return False


def _contents(path: Path) -> Iterator[bytes]:
    suffix = path.suffix.casefold()
    if suffix == ".gz":
        with gzip.open(path) as file:
            yield file.read(_MAX_FILE_BYTES)
    elif suffix == ".bz2":
        with bz2.open(path) as file:
            yield file.read(_MAX_FILE_BYTES)
    elif suffix == ".xz":
        with lzma.open(path) as file:
            yield file.read(_MAX_FILE_BYTES)
    elif suffix in {".zip", ".npz", ".whl", ".egg"}:
        with zipfile.ZipFile(path) as archive:
            for info in archive.infolist():
                if info.file_size <= _MAX_FILE_BYTES:
                    yield archive.read(info)
    else:
        with path.open("rb") as plain:
            head = plain.read(4)
            if head != _MACHINE_CODE:
                yield head + plain.read()
