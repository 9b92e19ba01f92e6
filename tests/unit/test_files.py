"""A write is complete or absent, and nothing is overwritten that should stay."""

import errno
import os
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from arena.files import create_once, remove_stale, sync_directory, write_atomic
from tests.conftest import write_files
from tests.unit.intake.conftest import full_disk

Write = Callable[..., bool]
both = pytest.mark.parametrize("write", [create_once, write_atomic])
posix = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such files")


def _without_nameless(monkeypatch: pytest.MonkeyPatch) -> None:
    """A file system that has no nameless files, as NFS."""
    flag, real = getattr(os, "O_TMPFILE", 0), os.open

    def opened(path: Any, flags: int, *rest: Any, **options: Any) -> int:
        if flag and flags & flag == flag:
            raise OSError(errno.EOPNOTSUPP, os.strerror(errno.EOPNOTSUPP))
        return real(path, flags, *rest, **options)

    monkeypatch.setattr(os, "open", opened)


def _without_proc(monkeypatch: pytest.MonkeyPatch) -> None:
    """A system whose /proc is not mounted."""
    real = os.link

    def linked(source: Any, *rest: Any, **options: Any) -> None:
        real(str(source).replace("/proc/", "/no-proc/"), *rest, **options)

    monkeypatch.setattr(os, "link", linked)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An empty folder."""
    path = tmp_path / "files"
    path.mkdir()
    return path


@pytest.fixture(params=[None, _without_nameless, _without_proc], ids=["as it is", "no nameless files", "no proc"])
def system(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """This system, and what others lack."""
    if request.param is not None:
        request.param(monkeypatch)


def _names(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*"))


@both
@pytest.mark.usefixtures("system")
def test_new(write: Write, folder: Path) -> None:
    """A new file is written with its folders, and nothing else is left."""
    assert write(folder / "a" / "b" / "c.json", b"data") is True
    assert (folder / "a" / "b" / "c.json").read_bytes() == b"data"
    assert _names(folder) == ["a", "a/b", "a/b/c.json"]


@both
def test_new_without_temporary(write: Write, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the system can do without, no temporary name is given to a new file, not even for a moment."""
    try:
        os.close(os.open(folder, os.O_WRONLY | os.O_TMPFILE))
    except (OSError, AttributeError):
        pytest.skip("this file system has no nameless files")
    opened: list[str] = []
    real = os.open

    def noted(path: Any, *rest: Any, **options: Any) -> int:
        opened.append(str(path))
        return real(path, *rest, **options)

    monkeypatch.setattr(os, "open", noted)
    write(folder / "record.json", b"data")
    assert set(opened) == {str(folder)}


@both
@posix
@pytest.mark.usefixtures("system")
@pytest.mark.parametrize(("mode", "shown"), [(0o600, 0o600), (0o644, 0o644)])
def test_mode(write: Write, folder: Path, mode: int, shown: int) -> None:
    """A file has the mode that was asked for from its first moment."""
    before = os.umask(0o022)
    try:
        write(folder / "secret", b"x", mode=mode)
    finally:
        os.umask(before)
    assert (folder / "secret").stat().st_mode & 0o777 == shown


@pytest.mark.usefixtures("system")
def test_create_never_overwrites(folder: Path) -> None:
    """What is there stays, also where it is equal, and the call says that it made nothing."""
    path = folder / "record.json"
    assert create_once(path, b"first") is True
    assert create_once(path, b"second") is False
    assert create_once(path, b"first") is False
    assert path.read_bytes() == b"first"
    assert _names(folder) == ["record.json"]


@posix
@pytest.mark.usefixtures("system")
def test_create_at_link(folder: Path) -> None:
    """A link in the file's place stays, and what it leads to is not made."""
    (folder / "record.json").symlink_to("elsewhere")
    assert create_once(folder / "record.json", b"data") is False
    assert _names(folder) == ["record.json"]


@pytest.mark.usefixtures("system")
def test_write_replaces(folder: Path) -> None:
    """A file is replaced by other data; the same data changes nothing, not even its time."""
    path = write_files(folder, {"board.csv": b"old"}) / "board.csv"
    assert write_atomic(path, b"new") is True
    os.utime(path, (1, 1))
    assert write_atomic(path, b"new") is False
    assert path.stat().st_mtime == 1
    assert write_atomic(path, b"") is True
    assert path.read_bytes() == b""
    assert _names(folder) == ["board.csv"]


@posix
def test_write_at_link(folder: Path) -> None:
    """A link is replaced; what it leads to stays as it is."""
    write_files(folder, {"target": b"mine"})
    for target in ("target", "nowhere"):
        path = folder / f"to-{target}"
        path.symlink_to(target)
        assert write_atomic(path, b"data") is True
        assert path.read_bytes() == b"data"
        assert not path.is_symlink()
    assert (folder / "target").read_bytes() == b"mine"
    assert not (folder / "nowhere").exists()


@both
def test_folder_in_the_way(write: Write, folder: Path) -> None:
    """A file in a folder's place is an error, and stays as it is."""
    write_files(folder, {"a": b"mine"})
    with pytest.raises(OSError, match="a"):
        write(folder / "a" / "b", b"data")
    assert (folder / "a").read_bytes() == b"mine"


def test_write_at_folder(folder: Path) -> None:
    """A folder in the file's place is an error, and nothing is left."""
    (folder / "a").mkdir()
    with pytest.raises(OSError, match="a"):
        write_atomic(folder / "a", b"data")
    assert _names(folder) == ["a"]


@both
@pytest.mark.usefixtures("system")
def test_disk_full(write: Write, folder: Path) -> None:
    """A write that fails half way leaves no file and no temporary one."""
    with full_disk(), pytest.raises(OSError, match=os.strerror(errno.EFBIG)):
        write(folder / "record.json", bytes(200))
    assert _names(folder) == []


@pytest.mark.usefixtures("system")
def test_disk_full_while_replacing(folder: Path) -> None:
    """A replacement that fails half way leaves the old file as it was."""
    path = write_files(folder, {"board.csv": b"old"}) / "board.csv"
    with full_disk(), pytest.raises(OSError, match=os.strerror(errno.EFBIG)):
        write_atomic(path, bytes(200))
    assert path.read_bytes() == b"old"
    assert _names(folder) == ["board.csv"]


@pytest.mark.parametrize("call", [os.open, os.link], ids=lambda call: call.__name__)
def test_other_errors(monkeypatch: pytest.MonkeyPatch, folder: Path, call: Callable[..., Any]) -> None:
    """An error that does not mean that nameless files are missing is told, not worked around."""

    def fails(*_: Any, **__: Any) -> None:
        raise OSError(errno.EACCES, os.strerror(errno.EACCES))

    monkeypatch.setattr(os, call.__name__, fails)
    with pytest.raises(PermissionError):
        create_once(folder / "record.json", b"data")
    monkeypatch.undo()
    assert _names(folder) == []


@pytest.mark.usefixtures("system")
def test_many_creators(folder: Path) -> None:
    """Of many writers at one name, exactly one makes the file, and it is whole."""
    path = folder / "record.json"
    contents = [bytes([65 + number]) * 10_000 for number in range(8)]
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda data: create_once(path, data), contents))
    assert made.count(True) == 1
    assert path.read_bytes() == contents[made.index(True)]
    assert _names(folder) == ["record.json"]


def test_readers_see_whole_files(folder: Path) -> None:
    """A reader beside a writer sees one whole content or another, never a part or nothing."""
    path = folder / "board.csv"
    contents = [bytes([65 + number]) * 50_000 for number in range(5)]
    write_atomic(path, contents[0])

    def write() -> None:
        for number in range(40):
            write_atomic(path, contents[number % 5])

    with ThreadPoolExecutor(1) as pool:
        writing = pool.submit(write)
        seen = [path.read_bytes()]
        while not writing.done():
            seen.append(path.read_bytes())
        writing.result()
    assert set(seen) <= set(contents)


def test_sync_missing_directory(folder: Path) -> None:
    """A folder that is not there cannot be synced, where folders are synced at all."""
    sync_directory(folder)
    if hasattr(os, "O_DIRECTORY"):
        with pytest.raises(FileNotFoundError):
            sync_directory(folder / "gone")


def _age(path: Path, seconds: float) -> None:
    moment = time.time() - seconds
    os.utime(path, (moment, moment), follow_symlinks=False)


def test_remove_stale(folder: Path) -> None:
    """Old hidden temporary files and folders directly in the folder are removed; all others stay."""
    write_files(
        folder,
        {".a.tmp": b"", ".b.tmp/deep/file": b"", ".new.tmp": b"", "mine.tmp": b"", ".mine": b"", "sub/.c.tmp": b""},
    )
    for name in (".a.tmp", ".b.tmp", "mine.tmp", ".mine", "sub/.c.tmp"):
        _age(folder / name, 7200)
    assert remove_stale(folder) == 2
    assert _names(folder) == [".mine", ".new.tmp", "mine.tmp", "sub", "sub/.c.tmp"]
    assert remove_stale(folder, older_than_seconds=-60) == 1
    assert not (folder / ".new.tmp").exists()


@posix
def test_remove_stale_link(folder: Path) -> None:
    """A stale link is removed, and what it leads to stays."""
    write_files(folder, {"mine/work": b"mine"})
    (folder / ".x.tmp").symlink_to("mine")
    _age(folder / ".x.tmp", 7200)
    assert remove_stale(folder) == 1
    assert _names(folder) == ["mine", "mine/work"]


def test_remove_stale_nowhere(folder: Path) -> None:
    """In a folder that is not there, nothing is stale."""
    assert remove_stale(folder / "gone") == 0
