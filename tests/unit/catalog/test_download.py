"""A learner gets the public files and the starter kit, and loses nothing."""

import sys
from dataclasses import replace
from pathlib import Path

import pytest

from arena.catalog.download import Copied, copy_public
from arena.errors import InfrastructureError, TaskError, UsageError
from arena.model.task import Task
from tests.conftest import PUBLIC, write_files
from tests.unit.catalog.conftest import load

NAMES = ["train.csv", "test.csv", "sample_submission.csv", "starter/main.py"]


@pytest.fixture
def fruit(root: Path) -> Task:
    """The task, whose starter kit was run once."""
    write_files(root / "tasks" / "fruit" / "starter", {"__pycache__/main.pyc": b"junk"})
    return load(root)


def _contents(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_copy(tmp_path: Path, fruit: Task) -> None:
    """Exactly the public files and the starter kit are copied; the source with its answers stays."""
    assert copy_public(fruit, tmp_path / "mine", folders={}, force=False) == Copied(names=tuple(NAMES), files=4)
    assert _contents(tmp_path / "mine") == {**PUBLIC, "starter/main.py": b"print('start here')\n"}


def test_copy_again(tmp_path: Path, fruit: Task) -> None:
    """Files that are there already and do not differ are no conflict."""
    write_files(tmp_path / "mine", {"notes.txt": b"mine"})
    copy_public(fruit, tmp_path / "mine", folders={}, force=False)
    copy_public(fruit, tmp_path / "mine", folders={}, force=False)
    assert _contents(tmp_path / "mine")["notes.txt"] == b"mine"


@pytest.mark.parametrize("name", [*NAMES, "starter/main.py/x"])
def test_conflict(tmp_path: Path, fruit: Task, name: str) -> None:
    """Where a file, or a folder in a file's place, is the learner's own, nothing at all is written."""
    mine = write_files(tmp_path / "mine", {name: b"my work"})
    with pytest.raises(UsageError) as caught:
        copy_public(fruit, mine, folders={}, force=False)
    assert caught.value.message_id == "download.conflict"
    assert caught.value.params == {"path": str(mine / name.removesuffix("/x"))}
    assert _contents(mine) == {name: b"my work"}


def test_force(tmp_path: Path, fruit: Task) -> None:
    """Force overwrites files that differ."""
    mine = write_files(tmp_path / "mine", {"train.csv": b"old"})
    assert copy_public(fruit, mine, folders={}, force=True).names == tuple(NAMES)
    assert _contents(mine)["train.csv"] == PUBLIC["train.csv"]


def test_not_built(tmp_path: Path, fruit: Task) -> None:
    """A task whose public files are not built says so, and nothing is written."""
    (fruit.public_dir / "test.csv").unlink()
    with pytest.raises(TaskError) as caught:
        copy_public(fruit, tmp_path / "mine", folders={}, force=False)
    assert (caught.value.message_id, caught.value.params) == ("task.not_built", {"task": "fruit"})
    assert not (tmp_path / "mine").exists()


def test_no_starter(tmp_path: Path, fruit: Task) -> None:
    """A task without a starter kit gives its public files."""
    (fruit.root / "starter").rename(fruit.root / "examples")
    assert copy_public(fruit, tmp_path / "mine", folders={}, force=False).names == tuple(NAMES[:3])


@pytest.mark.skipif(sys.platform == "win32", reason="the system's words differ on Windows")
@pytest.mark.parametrize(("taken", "force"), [("mine", False), ("mine/train.csv/x", True)])
def test_cannot_write(tmp_path: Path, fruit: Task, taken: str, *, force: bool) -> None:
    """Where the files cannot be written, the error names the folder."""
    write_files(tmp_path, {taken: b"in the way"})
    with pytest.raises(InfrastructureError) as caught:
        copy_public(fruit, tmp_path / "mine", folders={}, force=force)
    assert caught.value.message_id == "file.unwritable"
    assert caught.value.params["path"] == str(tmp_path / "mine")
    assert caught.value.params["reason"]


IMAGES = {"images/0001.png": b"one", "images/deep/0002.png": b"two"}


@pytest.fixture
def pictures(fruit: Task, tmp_path: Path) -> tuple[Task, dict[str, Path]]:
    """The task with packed images, and the folder that they were unpacked to."""
    write_files(fruit.public_dir, {"images.zip": b"packed"})
    write_files(tmp_path / "unpacked", {name.removeprefix("images/"): data for name, data in IMAGES.items()})
    data = replace(fruit.data, test_files=("images.zip",))
    return replace(fruit, work=data), {"images.zip": tmp_path / "unpacked"}


def test_folder(tmp_path: Path, pictures: tuple[Task, dict[str, Path]]) -> None:
    """A packed file is given as a folder, once in the list and with all its files in the count."""
    task, folders = pictures
    copied = copy_public(task, tmp_path / "mine", folders=folders, force=False)
    assert copied == Copied(names=(*NAMES, "images/"), files=6)
    assert _contents(tmp_path / "mine") == {**PUBLIC, "starter/main.py": b"print('start here')\n", **IMAGES}
    assert not list((tmp_path / "mine").glob(".*"))


def test_folder_again(tmp_path: Path, pictures: tuple[Task, dict[str, Path]]) -> None:
    """A folder that is there in part is filled up, and files of the learner's own in it stay."""
    task, folders = pictures
    mine = write_files(tmp_path / "mine", {"images/0001.png": b"one", "images/notes.txt": b"mine"})
    copy_public(task, mine, folders=folders, force=False)
    copy_public(task, mine, folders=folders, force=False)
    assert {name: data for name, data in _contents(mine).items() if name.startswith("images/")} == {
        **IMAGES,
        "images/notes.txt": b"mine",
    }


@pytest.mark.parametrize(
    ("name", "in_the_way"),
    [("images", "images"), ("images/0001.png", "images/0001.png"), ("images/deep", "images/deep")],
)
def test_folder_conflict(tmp_path: Path, pictures: tuple[Task, dict[str, Path]], name: str, in_the_way: str) -> None:
    """A file of the learner's own in the place of the folder, or of a file in it, is kept, and nothing is written."""
    task, folders = pictures
    mine = write_files(tmp_path / "mine", {name: b"my work"})
    with pytest.raises(UsageError, match=r"download\.conflict") as caught:
        copy_public(task, mine, folders=folders, force=False)
    assert caught.value.params == {"path": str(mine / in_the_way)}
    assert _contents(mine) == {name: b"my work"}


def test_folder_force(tmp_path: Path, pictures: tuple[Task, dict[str, Path]]) -> None:
    """Force overwrites the files of a folder that differ."""
    task, folders = pictures
    mine = write_files(tmp_path / "mine", {"images/0001.png": b"old"})
    copy_public(task, mine, folders=folders, force=True)
    assert _contents(mine)["images/0001.png"] == b"one"
