"""What the process that runs cases does to files and streams; its forks are tried in the real sandbox."""

import os
from pathlib import Path

import pytest

from arena.sandbox.guest import apart


def _names(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*")}


@pytest.fixture
def room(tmp_path: Path) -> Path:
    """A folder in which something was from the beginning."""
    folder = tmp_path / "room"
    (folder / "kept" / "inner").mkdir(parents=True)
    (folder / "kept" / "file").write_text("kept", encoding="ascii")
    (folder / "empty").mkdir()
    return folder


def test_a_room_is_emptied_down_to_what_was_in_it(room: Path) -> None:
    """What came in is removed wherever it lies; what was there stays, with what it held."""
    before = _names(room)
    found = apart._Room(str(room))
    for folder in ("", "kept", "kept/inner", "empty", "new/deep/deeper"):
        (room / folder).mkdir(parents=True, exist_ok=True)
        (room / folder / "new-file").write_bytes(b"x")
        (room / folder / ".hidden").symlink_to("/etc")
    os.mkfifo(room / "kept" / "pipe")
    found.empty()
    assert _names(room) == before
    assert (room / "kept" / "file").read_text(encoding="ascii") == "kept"


def test_a_link_leads_nowhere(room: Path, tmp_path: Path) -> None:
    """A link to a folder is removed, and nothing behind it."""
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "precious").write_bytes(b"x")
    found = apart._Room(str(room))
    (room / "link").symlink_to(outside)
    (room / "new").mkdir()
    (room / "new" / "link").symlink_to(outside)
    found.empty()
    assert _names(outside) == {"precious"}
    assert "link" not in _names(room)


def test_a_room_is_emptied_of_what_resists(room: Path) -> None:
    """Locked folders, names like those that clearing itself gives, and a depth that no path can name."""
    before = _names(room)
    found = apart._Room(str(room))
    (room / "a" / "b" / "c").mkdir(parents=True)
    for folder in ("a/b", "a"):
        (room / folder).chmod(0)
    for number in range(20):
        (room / f".lifted-{number}" / f".lifted-{number}" / "x").mkdir(parents=True)
    deep = os.open(room, os.O_RDONLY)
    for _ in range(1500):
        os.mkdir("deeper", dir_fd=deep)
        inner = os.open("deeper", os.O_RDONLY, dir_fd=deep)
        os.close(deep)
        deep = inner
    os.close(deep)
    room.chmod(0)
    found.empty()
    assert _names(room) == before
    assert room.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize(
    ("chunks", "kept"),
    [
        ([b""], b""),
        ([b"ab", b"cd"], b"abcd"),
        ([b"abcdefgh"], b"abcdefgh"),
        ([b"abcd", b"0123456789", b"wxyz"], "abcd\n… 10 bytes left out …\nwxyz".encode()),
        ([b"a"] * 100, "aaaa\n… 92 bytes left out …\naaaa".encode()),
    ],
)
def test_head_and_tail(chunks: list[bytes], kept: bytes) -> None:
    """Of a stream of any length its beginning and end are kept, and how much is missing between them."""
    stream = apart._HeadAndTail(8)
    for chunk in chunks:
        read, write = os.pipe()
        os.write(write, chunk)
        os.close(write)
        while stream.read(read):
            pass
        os.close(read)
    assert stream.value() == kept


def test_it_does_not_begin_where_others_run() -> None:
    """Where it is not alone it refuses: between cases it kills all that it can."""
    reason = apart._unfit()
    assert reason is not None
    assert "other processes run here" in reason
