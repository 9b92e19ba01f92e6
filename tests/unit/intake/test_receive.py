"""Receive what a learner hands in: a submission named by its content, or the reason why it is none."""

import errno
import hashlib
import os
import sys
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from arena.errors import InfrastructureError
from arena.intake.receive import Rejected, receive
from arena.model.submission import File, Kind, Submission, digest_of
from tests.conftest import FRUIT, write_files
from tests.unit.intake.conftest import contents, full_disk, member, tarred, zipped

NOW = datetime(2025, 6, 1, 6, 0, tzinfo=UTC)
TABLE = b"id,ripe\n101,1\n"
posix = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such files")


def _receive(source: Path, name: str = "frozen") -> Submission | Rejected:
    into = source.parent / "grader" / name
    into.parent.mkdir(exist_ok=True)
    return receive(source, into, task=FRUIT, team="rahim", received_at=NOW)


def _received(source: Path, name: str = "frozen") -> Submission:
    received = _receive(source, name)
    assert isinstance(received, Submission), received
    return received


def _rejected(source: Path, name: str = "frozen") -> Rejected:
    received = _receive(source, name)
    assert isinstance(received, Rejected), received
    return received


def _file(path: str, data: bytes) -> File:
    return File(path=path, size=len(data), sha256=hashlib.sha256(data).hexdigest())


def test_one_file(tmp_path: Path) -> None:
    """A table is received with the task, team and time that the grader says, under its own name."""
    received = _received(write_files(tmp_path, {"my guess.csv": TABLE}) / "my guess.csv")
    assert (received.task, received.team, received.received_at) == ("fruit", "rahim", NOW)
    assert (received.kind, received.entry) == (Kind.PREDICTIONS, "my guess.csv")
    assert received.files == (_file("my guess.csv", TABLE),)
    assert received.root == tmp_path / "grader" / "frozen"
    assert contents(received.root) == {"my guess.csv": TABLE}


def test_folder(tmp_path: Path) -> None:
    """A folder is received with its files and named by all of them."""
    files = {"main.py": b"print(1)", "src/net.py": b"2"}
    received = _received(write_files(tmp_path / "mine", files))
    assert (received.kind, received.entry) == (Kind.PROGRAM, "main.py")
    assert received.digest == digest_of([_file(name, data) for name, data in files.items()])


@pytest.mark.parametrize("name", ["mine.zip", "mine.tar.gz"])
@pytest.mark.parametrize("inside", ["", "mine/", "outer/mine/"])
def test_same_however_packed(tmp_path: Path, name: str, inside: str) -> None:
    """The same files are the same submission, as a folder or packed, with or without folders around them."""
    files = {"main.py": b"print(1)", "src/net.py": b"2"}
    inner = {f"{inside}{path}": data for path, data in files.items()}
    packed = zipped(inner) if name.endswith("zip") else tarred(*(member(path, data) for path, data in inner.items()))
    folder = _received(write_files(tmp_path / "folder", inner), "of folder")
    archive = _received(write_files(tmp_path, {name: packed}) / name, "of archive")
    assert folder.digest == archive.digest
    assert (archive.kind, archive.entry) == (Kind.PROGRAM, "main.py")
    assert contents(folder.root) == contents(archive.root) == files
    assert {file.path for file in archive.files} == set(files)


def test_folder_with_one_archive(tmp_path: Path) -> None:
    """A folder that holds nothing but an archive, and hidden files, is that archive."""
    source = write_files(tmp_path / "mine", {"sub.zip": zipped({"model.py": b"1"}), ".DS_Store": b"junk"})
    assert _received(source).kind is Kind.MODEL


def test_archive_among_files(tmp_path: Path) -> None:
    """An archive among other files is a file."""
    source = write_files(tmp_path / "mine", {"weights.zip": zipped({"w": b"1"}), "main.py": b"1"})
    assert set(contents(_received(source).root)) == {"weights.zip", "main.py"}


def test_table_named_by_content(tmp_path: Path) -> None:
    """A table's name does not count, but its format does."""
    source = write_files(tmp_path, {"a.csv": TABLE, "B.CSV": TABLE, "c.parquet": TABLE, "d.csv": TABLE + b"102,0\n"})
    digests = {name: _received(source / name, name).digest for name in ("a.csv", "B.CSV", "c.parquet", "d.csv")}
    assert digests["a.csv"] == digests["B.CSV"]
    assert len(set(digests.values())) == 3


def test_program_named_by_content_and_names(tmp_path: Path) -> None:
    """Of a program, names count: it may open its files by them."""
    one = _received(write_files(tmp_path / "one", {"main.py": b"1", "a.txt": b"2"}), "one")
    two = _received(write_files(tmp_path / "two", {"main.py": b"1", "b.txt": b"2"}), "two")
    assert one.digest != two.digest


@pytest.mark.parametrize(
    ("files", "reason"),
    [
        ({}, "submission.no_entry_file"),
        ({"notes.txt": b"1"}, "submission.no_entry_file"),
        ({"a.ipynb": b"1", "b.ipynb": b"1"}, "submission.several_notebooks"),
        ({"main.py": b"1", "a/b/c/d/e/f/g/h/i.py": b"1"}, "submission.too_deep"),
        ({"main.py": b"1", "weights.bin": bytes(2**20)}, "submission.too_large"),
        ({"sub.zip": b"no zip"}, "archive.broken"),
        ({"sub.zip": zipped({"../main.py": b"1"})}, "submission.path_outside"),
        ({"sub.zip": zipped({})}, "submission.no_entry_file"),
        ({"sub.tgz": tarred()}, "submission.no_entry_file"),
    ],
)
def test_rejected(tmp_path: Path, files: Mapping[str, bytes], reason: str) -> None:
    """What breaks a rule is rejected with its reason, at the time that it came."""
    (tmp_path / "mine").mkdir()
    rejected = _rejected(write_files(tmp_path / "mine", files))
    assert rejected.message.id == reason
    assert rejected.received_at == NOW


def test_kind_not_accepted(tmp_path: Path) -> None:
    """A kind that the task does not take is rejected."""
    task = replace(FRUIT, submissions=replace(FRUIT.submissions, accepts=(Kind.MODEL,)))
    source = write_files(tmp_path, {"a.csv": TABLE}) / "a.csv"
    rejected = receive(source, tmp_path / "into", task=task, team="rahim", received_at=NOW)
    assert isinstance(rejected, Rejected)
    assert rejected.message.id == "submission.kind_not_accepted"


@posix
@pytest.mark.parametrize("target", ["main.py", "/etc/passwd", "nowhere"])
def test_link(tmp_path: Path, target: str) -> None:
    """A link in place of the submission is not followed."""
    write_files(tmp_path, {"main.py": b"1"})
    (tmp_path / "link.py").symlink_to(target)
    rejected = _rejected(tmp_path / "link.py")
    assert rejected.message.id == "submission.link"
    assert rejected.message.params["name"] == "link.py"


@posix
def test_link_to_archive(tmp_path: Path) -> None:
    """Nor is a link to an archive, alone in its folder."""
    write_files(tmp_path, {"real.zip": zipped({"main.py": b"1"}), "mine/.keep": b""})
    (tmp_path / "mine" / "sub.zip").symlink_to("../real.zip")
    assert _rejected(tmp_path / "mine").message.id == "submission.link"


@posix
def test_fifo(tmp_path: Path) -> None:
    """A FIFO is rejected at once, alone or in a folder, and is not read for its digest."""
    write_files(tmp_path / "mine", {"main.py": b"1"})
    os.mkfifo(tmp_path / "mine" / "fifo")
    assert _rejected(tmp_path / "mine" / "fifo", "one").message.id == "submission.not_a_file"
    assert _rejected(tmp_path / "mine", "two").message.id == "submission.not_a_file"


def test_sparse(tmp_path: Path) -> None:
    """Two gigabytes are rejected without being read."""
    with (tmp_path / "main.py").open("wb") as file:
        file.truncate(2 * 1024**3)
    rejected = _rejected(tmp_path / "main.py")
    assert rejected.message.id == "submission.too_large"
    assert rejected.message.params == {"limit": "1 MiB"}


def test_missing(tmp_path: Path) -> None:
    """What vanished before it could be received is rejected as unreadable, not stumbled over."""
    rejected = _rejected(tmp_path / "gone.csv")
    assert rejected.message.id == "submission.unreadable"
    assert rejected.message.params == {"name": "gone.csv", "reason": os.strerror(errno.ENOENT)}


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read everything")
def test_unreadable_folder(tmp_path: Path) -> None:
    """A folder that the grader may not list is the submission's fault."""
    source = write_files(tmp_path / "mine", {"main.py": b"1"})
    source.chmod(0)
    try:
        assert _rejected(source).message.id == "submission.unreadable"
    finally:
        source.chmod(0o755)


def test_rejected_digest(tmp_path: Path) -> None:
    """The same rejected files have the same digest; others, or other names, have another."""
    folders: list[dict[str, bytes]] = [{"a.txt": b"1"}, {"a.txt": b"1"}, {"a.txt": b"2"}, {"b.txt": b"1"}, {}]
    digests = []
    for number, files in enumerate(folders):
        source = tmp_path / str(number)
        source.mkdir()
        digests.append(_rejected(write_files(source, files), f"frozen-{number}").digest)
    assert digests[0] == digests[1]
    assert len(set(digests)) == 4


def test_rejected_digest_of_file(tmp_path: Path) -> None:
    """A rejected file is named by its content as well."""
    source = write_files(tmp_path, {"a.zip": b"no", "b.zip": b"no", "c.zip": b"zip"})
    one, two, three = (_rejected(source / f"{name}.zip", name).digest for name in "abc")
    assert one == two != three


def test_grader_cannot_write(tmp_path: Path) -> None:
    """Where the grader's own folder cannot be made, the submission is not to blame."""
    source = write_files(tmp_path, {"a.csv": TABLE}) / "a.csv"
    with pytest.raises(InfrastructureError) as caught:
        receive(source, tmp_path / "none" / "into", task=FRUIT, team="rahim", received_at=NOW)
    assert caught.value.message_id == "file.unwritable"
    assert caught.value.params["reason"] == os.strerror(errno.ENOENT)


@pytest.mark.parametrize("name", ["main.py", "mine.zip", "mine.tgz"])
def test_disk_full(tmp_path: Path, name: str) -> None:
    """Nor is it where the disk is full, however it was packed."""
    program = bytes(range(256))
    packed = {"main.py": program, "mine.zip": zipped({"main.py": program}), "mine.tgz": tarred(member("m.py", program))}
    source = write_files(tmp_path, {name: packed[name]}) / name
    with full_disk(), pytest.raises(InfrastructureError) as caught:
        _receive(source)
    assert caught.value.message_id == "file.unwritable"
