"""What is hashed is what is kept, within limits."""

import errno
import hashlib
import io
import os
import sys
from pathlib import Path

import pytest

from arena.errors import InfrastructureError
from arena.intake.freeze import CHUNK, MAX_FILES, Freezer, freeze_folder, list_folder, open_regular
from arena.intake.names import MAX_DEPTH
from tests.conftest import write_files
from tests.unit.intake.conftest import MAX_BYTES, contents, full_disk, refusal

posix = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such files")


class _Drip(io.RawIOBase):
    """A stream that gives one byte at a time, as a slow or hostile one may."""

    def __init__(self, data: bytes) -> None:
        super().__init__()
        self._bytes = iter(data)

    def read(self, size: int = -1, /) -> bytes:
        """One byte, whatever was asked for."""
        del size
        return bytes([byte]) if (byte := next(self._bytes, None)) is not None else b""


def _take(freezer: Freezer, path: str, data: bytes = b"x") -> None:
    freezer.take(path, io.BytesIO(data))


def test_take(freezer: Freezer) -> None:
    """A file's copy, size and hash are those of its bytes, and anyone may read it but not write it."""
    data = b"print(1)\n" * 3
    freezer.take("src/main.py", _Drip(data))  # type: ignore[arg-type]  # it has read(), which is all that is used
    (file,) = freezer.files
    assert contents(freezer.root) == {"src/main.py": data}
    assert (file.path, file.size, file.sha256) == ("src/main.py", 27, hashlib.sha256(data).hexdigest())
    if sys.platform != "win32":
        assert (freezer.root / "src/main.py").stat().st_mode & 0o777 == 0o644
        assert (freezer.root / "src").stat().st_mode & 0o777 == 0o755


def test_take_more_than_a_chunk(tmp_path: Path) -> None:
    """A file of several chunks is copied and hashed whole."""
    data = os.urandom(1000) * 3000
    assert len(data) > 2 * CHUNK
    freezer = Freezer(root=tmp_path, max_bytes=len(data))
    _take(freezer, "weights.bin", data)
    assert (tmp_path / "weights.bin").read_bytes() == data
    assert freezer.files[0].sha256 == hashlib.sha256(data).hexdigest()


def test_take_empty(freezer: Freezer) -> None:
    """An empty file is a file."""
    _take(freezer, "__init__.py", b"")
    assert contents(freezer.root) == {"__init__.py": b""}


def test_take_too_large(freezer: Freezer) -> None:
    """The limit holds for all files together, and is exact."""
    _take(freezer, "a", bytes(MAX_BYTES // 2))
    _take(freezer, "b", bytes(MAX_BYTES // 2))
    message = refusal(lambda: _take(freezer, "c", b"1"))
    assert message.id == "submission.too_large"
    assert message.params == {"limit": "1 MiB"}


def test_take_endless(freezer: Freezer) -> None:
    """A stream without end is left as soon as it is over the limit."""

    class Endless(io.RawIOBase):
        given = 0

        def read(self, size: int = -1, /) -> bytes:
            self.given += size
            return bytes(size)

    endless = Endless()
    message = refusal(lambda: freezer.take("zeros", endless))  # type: ignore[arg-type]  # as above
    assert message.id == "submission.too_large"
    assert endless.given <= MAX_BYTES + CHUNK


def test_take_other_limit(tmp_path: Path) -> None:
    """Who takes what is no submission may take more or fewer files."""
    freezer = Freezer(root=tmp_path, max_bytes=MAX_BYTES, max_files=2)
    _take(freezer, "a", b"")
    _take(freezer, "b", b"")
    assert refusal(lambda: _take(freezer, "c")).params == {"limit": 2}


def test_take_too_many(freezer: Freezer) -> None:
    """One file more than the limit is refused, and nothing of it is written."""
    for number in range(MAX_FILES):
        _take(freezer, f"f{number}", b"")
    message = refusal(lambda: _take(freezer, "one-more"))
    assert message.id == "submission.too_many_files"
    assert message.params == {"limit": MAX_FILES}
    assert not (freezer.root / "one-more").exists()


@pytest.mark.parametrize(
    ("first", "second"),
    [("main.py", "main.py"), ("main.py", "MAIN.py"), ("Straße", "STRASSE"), ("a", "a/b"), ("a/b", "a"), ("a", "a/b/c")],
)
def test_take_twice(freezer: Freezer, first: str, second: str) -> None:
    """A name stands once, whatever its case, and is not a file and a folder at a time."""
    _take(freezer, first, b"first")
    message = refusal(lambda: _take(freezer, second, b"second"))
    assert message.id == "submission.name_twice"
    assert message.params == {"name": second}
    assert contents(freezer.root) == {first: b"first"}


@pytest.mark.parametrize(
    ("path", "fault"),
    [
        ("../out.py", "submission.path_outside"),
        ("/out.py", "submission.path_outside"),
        ("\x1b[2J", "submission.name_unusable"),
        ("x" * 201, "submission.name_too_long"),
        ("a/" * MAX_DEPTH + "b", "submission.too_deep"),
    ],
)
def test_take_bad_name(freezer: Freezer, path: str, fault: str) -> None:
    """A name that breaks a rule is refused before a byte is written."""
    message = refusal(lambda: _take(freezer, path))
    assert message.id == fault
    assert message.params["limit"] == MAX_DEPTH
    assert "\x1b" not in str(message.params["name"])
    assert contents(freezer.root.parent) == {}


def test_take_disk_full(freezer: Freezer) -> None:
    """What this machine cannot write is our fault, not the submission's."""
    with full_disk(), pytest.raises(InfrastructureError) as caught:
        _take(freezer, "main.py", bytes(200))
    assert caught.value.message_id == "file.unwritable"
    assert caught.value.params == {"path": str(freezer.root / "main.py"), "reason": os.strerror(errno.EFBIG)}


def test_take_no_room_for_the_name(tmp_path: Path) -> None:
    """A file that this machine cannot create is our fault, too."""
    freezer = Freezer(root=tmp_path / ("x" * 300), max_bytes=10)
    with pytest.raises(InfrastructureError) as caught:
        _take(freezer, "main.py")
    assert caught.value.message_id == "file.unwritable"


def test_open_regular(tmp_path: Path) -> None:
    """A regular file within the limit is opened."""
    path = write_files(tmp_path, {"a": b"12345"}) / "a"
    with open_regular(path, 5) as stream:
        assert stream.read() == b"12345"


def test_open_missing(tmp_path: Path) -> None:
    """A file that is gone is unreadable, with the reason."""
    message = refusal(lambda: open_regular(tmp_path / "gone", 5))
    assert message.id == "submission.unreadable"
    assert message.params == {"name": "gone", "reason": os.strerror(errno.ENOENT)}


@posix
def test_open_link(tmp_path: Path) -> None:
    """A link is not followed, wherever it leads."""
    write_files(tmp_path, {"a": b"1"})
    (tmp_path / "link").symlink_to("a")
    assert refusal(lambda: open_regular(tmp_path / "link", 5)).id == "submission.link"


@posix
def test_open_fifo(tmp_path: Path) -> None:
    """A FIFO is refused at once; waiting for its other end would never finish."""
    os.mkfifo(tmp_path / "fifo")
    message = refusal(lambda: open_regular(tmp_path / "fifo", 5))
    assert message.id == "submission.not_a_file"
    assert message.params == {"name": "fifo"}


def test_open_too_large(tmp_path: Path) -> None:
    """A file over the limit is refused by its size, however large: two gigabytes are not read."""
    with (tmp_path / "sparse").open("wb") as file:
        file.truncate(2 * 1024**3)
    assert refusal(lambda: open_regular(tmp_path / "sparse", MAX_BYTES)).id == "submission.too_large"


def test_folder(tmp_path: Path, freezer: Freezer) -> None:
    """A folder's files are taken with their paths, in order, without junk."""
    source = write_files(
        tmp_path / "source",
        {
            "main.py": b"1",
            "src/net.py": b"2",
            "src/__pycache__/net.pyc": b"junk",
            ".git/config": b"junk",
            ".DS_Store": b"junk",
            ".env": b"3",
        },
    )
    freeze_folder(source, freezer)
    assert [file.path for file in freezer.files] == [".env", "main.py", "src/net.py"]
    assert contents(freezer.root) == {".env": b"3", "main.py": b"1", "src/net.py": b"2"}


@posix
@pytest.mark.parametrize("target", ["main.py", "/etc/passwd", "nowhere", "."])
def test_folder_with_link(tmp_path: Path, freezer: Freezer, target: str) -> None:
    """A link in a folder is refused, to a file, a folder or nothing."""
    source = write_files(tmp_path / "source", {"main.py": b"1"})
    (source / "link").symlink_to(target)
    message = refusal(lambda: freeze_folder(source, freezer))
    assert message.id == "submission.link"
    assert message.params["name"] == "link"
    assert contents(freezer.root) == {}


@posix
def test_folder_with_fifo(tmp_path: Path, freezer: Freezer) -> None:
    """A FIFO in a folder is refused."""
    source = write_files(tmp_path / "source", {"a.py": b"1"})
    os.mkfifo(source / "fifo")
    assert refusal(lambda: freeze_folder(source, freezer)).id == "submission.not_a_file"


@posix
def test_folder_with_junk_link(tmp_path: Path, freezer: Freezer) -> None:
    """A virtual environment's links do not matter, for the whole of it is left out."""
    source = write_files(tmp_path / "source", {"main.py": b"1", ".venv/x": b"junk"})
    (source / ".venv" / "python").symlink_to("/usr/bin/python3")
    freeze_folder(source, freezer)
    assert [file.path for file in freezer.files] == ["main.py"]


def test_folder_too_deep(tmp_path: Path, freezer: Freezer) -> None:
    """A folder below the deepest one that is allowed is refused, even if it is empty."""
    (tmp_path / "source" / "/".join("d" * (MAX_DEPTH + 1))).mkdir(parents=True)
    message = refusal(lambda: freeze_folder(tmp_path / "source", freezer))
    assert message.id == "submission.too_deep"
    assert message.params["limit"] == MAX_DEPTH


def test_file_too_deep(tmp_path: Path, freezer: Freezer) -> None:
    """A file in the deepest folder is a part too many; one above it is not."""
    source = write_files(tmp_path / "source", {"/".join("d" * (MAX_DEPTH - 1)) + "/ok": b"1"})
    freeze_folder(source, freezer)
    write_files(source, {"/".join("d" * MAX_DEPTH) + "/no": b"1"})
    again = Freezer(root=tmp_path / "again", max_bytes=10)
    assert refusal(lambda: freeze_folder(source, again)).id == "submission.too_deep"


def test_folder_with_sparse_file(tmp_path: Path, freezer: Freezer) -> None:
    """A huge file in a folder is refused without being read."""
    source = write_files(tmp_path / "source", {"main.py": b"1"})
    with (source / "weights.bin").open("wb") as file:
        file.truncate(2 * 1024**3)
    assert refusal(lambda: freeze_folder(source, freezer)).id == "submission.too_large"
    assert freezer.total <= 1


def test_folder_unreadable(tmp_path: Path) -> None:
    """A folder that cannot be listed is the submission's fault, and shown as the learner knows it."""
    message = refusal(lambda: list_folder(tmp_path / "gone", "src/\x1b"))
    assert message.id == "submission.unreadable"
    assert message.params == {"name": r"src/\x1b", "reason": os.strerror(errno.ENOENT)}
