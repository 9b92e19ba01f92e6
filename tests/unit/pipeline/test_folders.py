"""Packed public files are unpacked once, whole, and only if they are harmless."""

import io
import os
import stat
import zipfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from arena.errors import InfrastructureError, TaskError
from arena.model.task import Task
from arena.pipeline.folders import CACHE, unpacked

FILES = {"0001.png": b"one", "deep/0002.png": b"two"}


def _zip(files: Mapping[str, bytes], link: str = "") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            info = zipfile.ZipInfo(name)
            if name == link:
                info.external_attr = (stat.S_IFLNK | 0o777) << 16
            archive.writestr(info, data, zipfile.ZIP_DEFLATED)
    return out.getvalue()


@pytest.fixture
def pictures(task: Task) -> Task:
    """The task, with a packed folder for each side."""
    for name in ("a.zip", "b.zip"):
        (task.public_dir / name).write_bytes(_zip({**FILES, "name.txt": name.encode()}))
    return replace(task, work=replace(task.data, train_files=("a.zip", "a.npz"), test_files=("b.zip",)))


def _contents(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_unpack(pictures: Task, tmp_path: Path) -> None:
    """Each packed file, and no other, is a folder of the cache with what was packed."""
    found = unpacked(pictures, tmp_path)
    assert {name: _contents(folder) for name, folder in found.items()} == {
        "a.zip": {**FILES, "name.txt": b"a.zip"},
        "b.zip": {**FILES, "name.txt": b"b.zip"},
    }
    assert set((tmp_path / CACHE).iterdir()) == set(found.values())


def test_once(pictures: Task, tmp_path: Path) -> None:
    """What is there is not unpacked again, also under another name."""
    first = unpacked(pictures, tmp_path)
    (first["a.zip"] / "seen").touch()
    (pictures.public_dir / "b.zip").write_bytes((pictures.public_dir / "a.zip").read_bytes())
    second = unpacked(pictures, tmp_path)
    assert second["a.zip"] == second["b.zip"] == first["a.zip"]
    assert (second["a.zip"] / "seen").exists()


def test_changed(pictures: Task, tmp_path: Path) -> None:
    """Another content is another folder: nobody is given the files of an old version."""
    first = unpacked(pictures, tmp_path)
    (pictures.public_dir / "a.zip").write_bytes(_zip({"0001.png": b"new"}))
    second = unpacked(pictures, tmp_path)
    assert _contents(second["a.zip"]) == {"0001.png": b"new"}
    assert second["b.zip"] == first["b.zip"]


def test_deleted(pictures: Task, tmp_path: Path) -> None:
    """The cache may be deleted: it is made again."""
    for folder in unpacked(pictures, tmp_path).values():
        folder.rename(tmp_path / folder.name)
    assert all(folder.is_dir() for folder in unpacked(pictures, tmp_path).values())


def test_readable(pictures: Task, tmp_path: Path) -> None:
    """Whatever the umask, the account that submissions run as can read it all and write none of it."""
    before = os.umask(0o077)
    try:
        folder = unpacked(pictures, tmp_path)["a.zip"]
    finally:
        os.umask(before)
    modes = {stat.S_IMODE(path.stat().st_mode) for path in (folder, *folder.rglob("*")) if path.is_dir()}
    assert modes == {0o755}
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.rglob("*") if path.is_file()} == {0o644}


def test_times(pictures: Task, tmp_path: Path) -> None:
    """All files have the same time: the order in which they were written says nothing."""
    folder = unpacked(pictures, tmp_path)["a.zip"]
    assert {path.stat().st_mtime for path in folder.rglob("*") if path.is_file()} == {315532800}


def test_killed(pictures: Task, tmp_path: Path) -> None:
    """What a killed process left half unpacked is never taken for the whole, and is cleared away when it is old."""
    left, other = tmp_path / CACHE / ".0123.tmp", tmp_path / CACHE / ".4567.tmp"
    for folder in (left, other):
        folder.mkdir(parents=True)
        (folder / "0001.png").touch()
    os.utime(left, (0, 0))
    assert _contents(unpacked(pictures, tmp_path)["a.zip"])["0001.png"] == b"one"
    assert (left.exists(), other.exists()) == (False, True)


def test_race(pictures: Task, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where another grader was quicker its folder is used, and nothing half done is left."""
    rename = Path.rename

    def late(self: Path, target: Path) -> Path:
        target.mkdir()
        (target / "theirs").touch()
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", late)
    folder = unpacked(pictures, tmp_path)["a.zip"]
    assert set(_contents(folder)) == {"theirs"}
    assert not list((tmp_path / CACHE).glob(".*"))


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "archive.broken"),
        (b"no archive", "archive.broken"),
        (_zip({"../outside.png": b"x"}), "submission.path_outside"),
        (_zip({"/etc/x": b"x"}), "submission.path_outside"),
        (_zip({"0001.png": b"/etc/passwd"}, link="0001.png"), "submission.link"),
        (_zip({"a.png": b"x", "A.png": b"y"}), "submission.name_twice"),
        (_zip({"bomb": bytes(64 * 1024**2)}), "archive.bomb"),
    ],
)
def test_refused(pictures: Task, tmp_path: Path, data: bytes, reason: str) -> None:
    """What may not be unpacked is the task's error, names the file and the reason, and leaves nothing behind."""
    (pictures.public_dir / "a.zip").write_bytes(data)
    with pytest.raises(TaskError, match=r"task\.cannot_unpack") as caught:
        unpacked(pictures, tmp_path)
    assert (caught.value.params["task"], caught.value.params["file"]) == ("fruit", "public/a.zip")
    assert str(caught.value.params["reason"]).startswith(reason)
    assert list((tmp_path / CACHE).iterdir()) == []


def test_not_built(pictures: Task, tmp_path: Path) -> None:
    """A packed file that is missing means that the task is not built."""
    (pictures.public_dir / "b.zip").unlink()
    with pytest.raises(TaskError, match=r"task\.not_built"):
        unpacked(pictures, tmp_path)


def test_cannot_write(pictures: Task, tmp_path: Path) -> None:
    """Where the cache cannot be written it is our fault, not the task's."""
    (tmp_path / CACHE).write_bytes(b"in the way")
    with pytest.raises(InfrastructureError, match=r"file\.unwritable"):
        unpacked(pictures, tmp_path)


def test_none(task: Task, tmp_path: Path) -> None:
    """A task without packed files leaves no trace."""
    assert unpacked(task, tmp_path / "state") == {}
    assert not (tmp_path / "state").exists()
