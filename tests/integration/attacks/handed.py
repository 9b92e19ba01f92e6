"""Hostile files that are handed in as they are: archives, tables, pickles, text that steers who reads it."""

import gzip
import io
import os
import pickle
import stat
import tarfile
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from arena.model.outcome import Outcome
from tests.integration.conftest import guess, table

_REJECTED, _INVALID, _SCORED = Outcome.REJECTED, Outcome.INVALID_PREDICTIONS, Outcome.SCORED
_Make = Callable[[Path], Path]
_ROWS = guess()
_TABLE = table(_ROWS)
_MAIN = f"open('submission.csv', 'w').write({_TABLE!r})\n".encode()

# Files beside a program that are named like what interpreters and the harness import.
MODULES: Mapping[str, str] = {
    f"{name}.py": "print('BREACH a handed-in module ran') if __import__('os').getpid() == 1 else None\n"
    for name in ("sitecustomize", "usercustomize", "arena_guest", "resource", "stat", "init", "entry")
}


def _file(name: str, content: bytes | Callable[[], bytes]) -> _Make:
    """A file; what is large is computed only when it is wanted."""

    def make(folder: Path) -> Path:
        path = folder / name
        path.write_bytes(content if isinstance(content, bytes) else content())
        return path

    return make


def _zip(*members: tuple[str, bytes | Callable[[], bytes]], mode: int = 0) -> _Make:
    def make(folder: Path) -> Path:
        with zipfile.ZipFile(folder / "work.zip", "w", zipfile.ZIP_DEFLATED) as archive:
            for path, content in members:
                info = zipfile.ZipInfo(path)
                info.external_attr = mode << 16
                info.compress_type = zipfile.ZIP_DEFLATED
                archive.writestr(info, content if isinstance(content, bytes) else content())
        return folder / "work.zip"

    return make


def _tar(*members: tuple[str, bytes, bytes, str]) -> _Make:
    """Members are name, type, content and what a link points to."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        for path, kind, content, target in members:
            info = tarfile.TarInfo(path)
            info.type, info.linkname, info.size = kind, target, len(content)
            archive.addfile(info, io.BytesIO(content))
    return _file("work.tar.gz", packed.getvalue())


def _nested_zip() -> bytes:
    inner = bytes(1 << 20)
    for number in range(5):
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            for copy in range(8):
                archive.writestr(f"{number}-{copy}.zip", inner)
        inner = packed.getvalue()
    return inner


def _overlapping_zip() -> bytes:
    """Two entries of the directory that share one file's bytes, as the better bombs do."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("main.py", b"#" * 900_000)
        info = archive.getinfo("main.py")
        for number in range(400):
            copy = zipfile.ZipInfo(f"copy{number}.py")
            copy.header_offset, copy.compress_size, copy.file_size = 0, info.compress_size, info.file_size
            copy.CRC, copy.compress_type = info.CRC, info.compress_type
            archive.filelist.append(copy)
            archive.NameToInfo[copy.filename] = copy
    return packed.getvalue()


def _lying_zip() -> bytes:
    """A directory that says a megabyte is ten bytes."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("main.py", bytes(1 << 21))
    return packed.getvalue().replace((1 << 21).to_bytes(4, "little"), (10).to_bytes(4, "little"))


class _Bomb:
    """Runs a command in whoever loads it."""

    def __reduce__(self) -> tuple[Any, ...]:
        return os.system, ("touch /tmp/evil-pickle",)


def _link(folder: Path) -> Path:
    path = folder / "link.csv"
    path.symlink_to("/etc/passwd")
    return path


def _folder_with(name: str, put: Callable[[Path], object]) -> _Make:
    def make(folder: Path) -> Path:
        work = folder / "work"
        work.mkdir()
        (work / "main.py").write_bytes(_MAIN)
        put(work / name)
        return work

    return make


def _pipe(folder: Path) -> Path:
    path = folder / "pipe.csv"
    os.mkfifo(path)
    return path


def _sparse(folder: Path) -> Path:
    path = folder / "sparse.csv"
    path.touch()
    os.truncate(path, 4 << 30)
    return path


_REG, _MAIN_TAR = tarfile.REGTYPE, ("main.py", tarfile.REGTYPE, _MAIN, "")

ARCHIVES: Mapping[str, tuple[str, Outcome, _Make]] = {
    "zip_slip": (
        "A zip whose member climbs out of its folder; it is rejected, and nothing is written there.",
        _REJECTED,
        _zip(("main.py", _MAIN), ("../../../evil-slip.py", b"x")),
    ),
    "zip_absolute": (
        "A zip whose member has an absolute path; it is rejected.",
        _REJECTED,
        _zip(("main.py", _MAIN), ("/tmp/evil-slip.py", b"x")),
    ),
    "zip_backslashes": (
        "A zip whose member climbs with backslashes, as Windows reads them; it is rejected.",
        _REJECTED,
        _zip(("main.py", _MAIN), ("..\\..\\evil-slip.py", b"x")),
    ),
    "zip_link": (
        "A zip that holds a link to an account file; it is rejected.",
        _REJECTED,
        _zip(("main.py", b"/etc/passwd"), mode=stat.S_IFLNK | 0o777),
    ),
    "zip_device": (
        "A zip that holds a device; it is rejected.",
        _REJECTED,
        _zip(("main.py", b""), mode=stat.S_IFBLK | 0o666),
    ),
    "zip_bomb": (
        "A zip of 64 KiB that unpacks to 64 MiB; it is rejected before that.",
        _REJECTED,
        _zip(("main.py", lambda: bytes(1 << 26))),
    ),
    "zip_of_zips": (
        "Zips in zips that would unpack to terabytes; the inner ones are files that nobody unpacks.",
        _REJECTED,
        _file("work.zip", _nested_zip),
    ),
    "zip_overlapping": (
        "A zip whose 400 members share the same packed bytes; it is rejected.",
        _REJECTED,
        _file("work.zip", _overlapping_zip),
    ),
    "zip_lying": (
        "A zip whose directory says that two megabytes are ten bytes; it is rejected.",
        _REJECTED,
        _file("work.zip", _lying_zip),
    ),
    "zip_many_members": (
        "A zip of 20,000 empty files; it is rejected by their number.",
        _REJECTED,
        _zip(*((f"{number}.py", b"") for number in range(20_000))),
    ),
    "zip_same_name": (
        "A zip with two members of the same name, of which readers see different ones; it is rejected.",
        _REJECTED,
        _zip(("main.py", _MAIN), ("MAIN.py", b"pass"), ("Main.py", b"x")),
    ),
    "zip_escapes_in_names": (
        "A zip whose member's name holds terminal escapes and a direction mark; it is rejected.",
        _REJECTED,
        _zip(("main.py", _MAIN), ("\x1b[2J\u202ered.py", b"x")),
    ),
    "zip_truncated": (
        "A zip that ends in its middle; it is rejected.",
        _REJECTED,
        _file("work.zip", b"PK\x03\x04" + bytes(40)),
    ),
    "tar_slip": (
        "A tar whose member climbs out of its folder; it is rejected.",
        _REJECTED,
        _tar(_MAIN_TAR, ("../../evil-slip.py", _REG, b"x", "")),
    ),
    "tar_link_then_file": (
        "A tar that makes a link to /tmp and then writes through it; it is rejected.",
        _REJECTED,
        _tar(_MAIN_TAR, ("out", tarfile.SYMTYPE, b"", "/tmp"), ("out/evil-slip.py", _REG, b"x", "")),
    ),
    "tar_hard_link": (
        "A tar that gives an account file a second name; it is rejected.",
        _REJECTED,
        _tar(("main.py", tarfile.LNKTYPE, b"", "/etc/passwd")),
    ),
    "tar_device": (
        "A tar that holds a device and a pipe; it is rejected.",
        _REJECTED,
        _tar(_MAIN_TAR, ("disk", tarfile.BLKTYPE, b"", ""), ("pipe", tarfile.FIFOTYPE, b"", "")),
    ),
    "tar_bomb": (
        "A tar of 128 KiB that unpacks to 128 MiB; it is rejected before that.",
        _REJECTED,
        _file("work.tar.gz", lambda: gzip.compress(bytes(1 << 27))),
    ),
    "folder_link": (
        "A folder with a link to an account file beside its program; it is rejected.",
        _REJECTED,
        _folder_with("data.csv", lambda path: path.symlink_to("/etc/passwd")),
    ),
    "folder_pipe": (
        "A folder with a named pipe, for which a reader would wait for ever; it is rejected.",
        _REJECTED,
        _folder_with("data.csv", os.mkfifo),
    ),
    "file_link": ("A table that is a link to an account file; it is rejected.", _REJECTED, _link),
    "file_pipe": ("A table that is a named pipe; it is rejected without waiting.", _REJECTED, _pipe),
    "file_sparse": ("A table of four gigabytes without content; it is rejected by its size.", _REJECTED, _sparse),
}


def _rows(change: Mapping[int, object]) -> _Make:
    return _file("predictions.csv", table({**_ROWS, **change}).encode())


def _text(content: str) -> _Make:
    return _file("predictions.csv", content.encode("utf-8", "surrogatepass"))


_FIRST = min(_ROWS)
_BAD = "it is invalid, and the message is safe to read."

TABLES: Mapping[str, tuple[str, Outcome, _Make]] = {
    "pickle": (
        "A pickle that would run a command, named as a table; it is read as text.",
        _INVALID,
        _file("predictions.csv", pickle.dumps(_Bomb())),
    ),
    "pickle_as_parquet": (
        "A pickle that would run a command, named as parquet; it is not loaded.",
        _INVALID,
        _file("predictions.parquet", pickle.dumps(_Bomb())),
    ),
    "torn_parquet": (
        "A parquet file of nothing but its first and last bytes; " + _BAD,
        _INVALID,
        _file("predictions.parquet", b"PAR1" + b"\xff" * 64 + b"PAR1"),
    ),
    "not_a_number": ("A prediction that is NaN; " + _BAD, _INVALID, _rows({_FIRST: "nan"})),
    "infinity": ("A prediction that is infinite; " + _BAD, _INVALID, _rows({_FIRST: "inf"})),
    "minus_infinity": ("A prediction that is minus infinity; " + _BAD, _INVALID, _rows({_FIRST: "-Infinity"})),
    "overflow": ("A prediction whose square overflows; " + _BAD, _INVALID, _rows({_FIRST: "1e308"})),
    "huge_integer": (
        "A prediction of 5,000 digits, which some parsers take in square time; " + _BAD,
        _INVALID,
        _rows({_FIRST: "9" * 5000}),
    ),
    "hexadecimal": ("A prediction in hexadecimal digits; " + _BAD, _INVALID, _rows({_FIRST: "0x1p3"})),
    "other_digits": ("A prediction in Bengali digits, which float() takes; " + _BAD, _INVALID, _rows({_FIRST: "১২"})),
    "underscored": ("A prediction like 1_000, which float() takes; " + _BAD, _INVALID, _rows({_FIRST: "1_000"})),
    "empty_cell": ("A prediction that is left out; " + _BAD, _INVALID, _rows({_FIRST: ""})),
    "missing_ids": (
        "A table without its worst rows; " + _BAD,
        _INVALID,
        _text(table(dict(list(_ROWS.items())[:-3]))),
    ),
    "extra_ids": ("A table with rows that nobody asked for; " + _BAD, _INVALID, _rows({999_999: 1})),
    "duplicate_ids": (
        "A table that predicts a row twice, to be judged by the better; " + _BAD,
        _INVALID,
        _text(_TABLE + f"{_FIRST},1\n"),
    ),
    "duplicate_ids_in_disguise": (
        "A table that predicts a row twice, once as 101 and once as 101.0; " + _BAD,
        _INVALID,
        _text(_TABLE + f" {_FIRST}.0 ,1\n"),
    ),
    "duplicate_columns": ("A table with the same column twice; " + _BAD, _INVALID, _text("Id,Value,Value\n101,1,2\n")),
    "usage_column": (
        "A table that says by itself which rows are public; " + _BAD,
        _INVALID,
        _text("Id,Value,Usage\n101,1,Public\n"),
    ),
    "many_columns": (
        "A table of 100,000 columns; " + _BAD,
        _INVALID,
        _text(",".join(f"c{number}" for number in range(100_000)) + "\n"),
    ),
    "many_rows": (
        "A table of 100,000 rows for thirty; " + _BAD,
        _INVALID,
        _text("Id,Value\n" + "".join(f"{number},1\n" for number in range(100_000))),
    ),
    "byte_order_mark": (
        "A good table behind a byte-order mark, as spreadsheets write it; it scores as the same table without.",
        _SCORED,
        _file("predictions.csv", b"\xef\xbb\xbf" + _TABLE.encode()),
    ),
    "wide_text": (
        "A good table in UTF-16; " + _BAD,
        _INVALID,
        _file("predictions.csv", _TABLE.encode("utf-16")),
    ),
    "zero_bytes": ("A table with zero bytes in its cells; " + _BAD, _INVALID, _rows({_FIRST: "1\x002"})),
    "zero_bytes_in_header": ("A table whose header holds a zero byte; " + _BAD, _INVALID, _text("Id\x00,Value\n1,1\n")),
    "huge_field": ("A table with a field of 900,000 characters; " + _BAD, _INVALID, _rows({_FIRST: "x" * 900_000})),
    "open_quote": ("A table whose quote never closes; " + _BAD, _INVALID, _text('Id,Value\n101,"1\n' + "1\n" * 10_000)),
    "formula": (
        "A cell that a spreadsheet would run as a formula; " + _BAD,
        _INVALID,
        _rows({_FIRST: "=cmd|' /C calc'!A0"}),
    ),
    "formula_as_id": (
        "An id that a spreadsheet would run as a formula; " + _BAD,
        _INVALID,
        _text(_TABLE + '"=HYPERLINK(""http://192.0.2.1"")",1\n'),
    ),
    "terminal_escapes": (
        "Cells that clear the screen and retitle the window of who reads the message; " + _BAD,
        _INVALID,
        _rows({_FIRST: "\x1b[2J\x1b]0;title\x07\x9b31m"}),
    ),
    "direction_marks": (
        "Cells whose direction marks make the message read otherwise; " + _BAD,
        _INVALID,
        _rows({_FIRST: "\u202e1\u2066"}),
    ),
    "lone_surrogates": (
        "Text that no encoding allows; " + _BAD,
        _INVALID,
        _text(table({**_ROWS, _FIRST: "\ud800"})),
    ),
    "markup": (
        "A cell of HTML and Markdown that a page would show; " + _BAD,
        _INVALID,
        _rows({_FIRST: "<script>alert(1)</script>![x](http://192.0.2.1/x)"}),
    ),
    "labels_through_messages": (
        "Ids and cells that ask the message to tell what is expected; the answers stay out of it.",
        _INVALID,
        _text("Id,Value\n" + "".join(f"{name},{{answer}}%({name})s\n" for name in _ROWS)),
    ),
}
