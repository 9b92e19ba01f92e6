"""Build a task with a launcher that starts nothing."""

import io
import zipfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from arena.authoring.build import build_prediction as build
from arena.authoring.build import ensure_built
from arena.authoring.public import CHECKSUMS, checksums, verify_public
from arena.errors import TaskError
from arena.model.task import Task
from arena.sandbox.interface import Exited, Killed, KillReason
from arena.vault.plain import PlainVault
from tests.conftest import ANSWERS, PUBLIC, FakeLauncher, finished
from tests.conftest import checksums as sha256sum

MADE = {**{f"public/{name}": data for name, data in PUBLIC.items()}, "answers.csv": ANSWERS}


@pytest.fixture
def empty(isolated: Path) -> PlainVault:
    """A vault in which nothing was put."""
    return PlainVault(root=isolated, workspace="class")


def _public(task: Task) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in task.public_dir.iterdir()}


def _other(**changed: bytes) -> Mapping[str, bytes]:
    names = {"test": "public/test.csv", "answers": "answers.csv"}
    return {**MADE, **{names[key]: data for key, data in changed.items()}}


def test_build(task: Task, empty: PlainVault, launcher: FakeLauncher) -> None:
    """A build that makes what is there keeps the answers, counts the rows and changes no public file."""
    launcher.will(finished(MADE))
    before = _public(task)
    built = build(task, empty, launcher, update=False, repeat=False)
    assert (built.rows, built.public_rows, built.changed) == (12, 6, ())
    assert built.public == ("train.csv", "test.csv", "sample_submission.csv")
    assert _public(task) == before
    assert empty.answers(task).columns == (tuple("101101001011"),)


def test_asks_for(task: Task, empty: PlainVault, launcher: FakeLauncher) -> None:
    """The recipe sees its source folder and nothing else of the task, and only the named files are taken out."""
    launcher.will(finished(MADE))
    build(task, empty, launcher, update=False, repeat=False)
    (job,) = launcher.jobs
    assert {mount.source for mount in job.mounts} == {task.root / "prepare.py", task.root / "source"}
    assert job.outputs == ("public/train.csv", "public/test.csv", "public/sample_submission.csv", "answers.csv")


def test_first_build(task: Task, empty: PlainVault, launcher: FakeLauncher) -> None:
    """Where there are no public files yet they are written, with checksums that verify."""
    for path in task.public_dir.iterdir():
        path.unlink()
    task.public_dir.rmdir()
    launcher.will(finished(MADE))
    built = build(task, empty, launcher, update=False, repeat=False)
    assert set(built.changed) == {*PUBLIC, CHECKSUMS}
    assert _public(task) == {**PUBLIC, CHECKSUMS: sha256sum(PUBLIC).encode()}
    verify_public(task)


def test_public_differs(task: Task, empty: PlainVault, launcher: FakeLauncher) -> None:
    """A public file that is not what the recipe makes is the task's error; nothing is written and nothing kept."""
    launcher.will(finished(_other(test=b"id,weight,name\n")))
    before = _public(task)
    with pytest.raises(TaskError, match=r"task\.public_differs") as caught:
        build(task, empty, launcher, update=False, repeat=False)
    assert caught.value.params["file"] == "public/test.csv"
    assert _public(task) == before
    assert not empty.has_answers(task)


def test_update(task: Task, empty: PlainVault, launcher: FakeLauncher) -> None:
    """With `update` the differing file and the checksums are rewritten, and exactly these are named."""
    launcher.will(finished(_other(test=b"id,weight,name\n1,2,x\n")))
    built = build(task, empty, launcher, update=True, repeat=False)
    assert set(built.changed) == {"test.csv", CHECKSUMS}
    assert _public(task)["test.csv"] == b"id,weight,name\n1,2,x\n"
    verify_public(task)


def test_packed_otherwise(task: Task, empty: PlainVault, launcher: FakeLauncher) -> None:
    """Another machine packs the same files into other bytes: those that are there stay, and so do their checksums."""
    there, made = (_packed(level) for level in (9, 0))
    task = replace(task, work=replace(task.data, test_files=("images.zip",)))
    (task.public_dir / "images.zip").write_bytes(there)
    (task.public_dir / CHECKSUMS).write_bytes(checksums({**PUBLIC, "images.zip": there}))
    launcher.will(finished({**MADE, "public/images.zip": made}))
    for update in (False, True):
        assert build(task, empty, launcher, update=update, repeat=False).changed == ()
    assert (task.public_dir / "images.zip").read_bytes() == there
    verify_public(task)


def _packed(level: int) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=level) as archive:
        archive.writestr(zipfile.ZipInfo("0001.png"), bytes(1000), zipfile.ZIP_DEFLATED, level)
    return out.getvalue()


def test_repeat(task: Task, empty: PlainVault, launcher: FakeLauncher) -> None:
    """With `repeat` the recipe runs twice, and equal bytes are fine."""
    launcher.will(finished(MADE))
    build(task, empty, launcher, update=False, repeat=True)
    assert len(launcher.jobs) == 2


@pytest.mark.parametrize("changed", [{"test": b"other"}, {"answers": ANSWERS.replace(b"101,1", b"101,0")}])
def test_not_deterministic(task: Task, empty: PlainVault, launcher: FakeLauncher, changed: Mapping[str, bytes]) -> None:
    """A recipe whose second run makes other bytes, public or hidden, is refused and keeps nothing."""
    launcher.will(finished(MADE), finished(_other(**changed)))
    with pytest.raises(TaskError, match=r"task\.not_deterministic"):
        build(task, empty, launcher, update=False, repeat=True)
    assert not empty.has_answers(task)


@pytest.mark.parametrize("ending", [Exited(1), Killed(KillReason.WALL)])
def test_prepare_failed(task: Task, empty: PlainVault, launcher: FakeLauncher, ending: Exited | Killed) -> None:
    """A recipe that fails is the task's error, shown with the end of its log, which steers no terminal."""
    launcher.will(finished(MADE, ending=ending, log=b"x" * 5000 + b"\x1b[2J no such column"))
    with pytest.raises(TaskError, match=r"task\.prepare_failed") as caught:
        build(task, empty, launcher, update=False, repeat=False)
    log = str(caught.value.params["log"])
    assert log.endswith(r"\x1b[2J no such column")
    assert len(log) <= 2000
    assert not empty.has_answers(task)


def test_prepare_incomplete(task: Task, empty: PlainVault, launcher: FakeLauncher) -> None:
    """A recipe that leaves a file out is the task's error, and each such file is named with the reason."""
    made = {name: data for name, data in MADE.items() if name != "answers.csv"}
    launcher.will(finished(made, faults={"answers.csv": "link"}))
    with pytest.raises(TaskError, match=r"task\.prepare_incomplete") as caught:
        build(task, empty, launcher, update=False, repeat=False)
    assert caught.value.params["files"] == "answers.csv (link)"


def test_unusable_answers(task: Task, empty: PlainVault, launcher: FakeLauncher) -> None:
    """Answers that cannot be used are refused before a public file is touched."""
    launcher.will(finished(_other(answers=b"id,ripe\n1,1\n", test=b"new")))
    before = _public(task)
    with pytest.raises(TaskError, match=r"answers\.unusable"):
        build(task, empty, launcher, update=True, repeat=False)
    assert _public(task) == before


def test_answers_changed(task: Task, vault: PlainVault, launcher: FakeLauncher) -> None:
    """Other answers for a version that the vault knows are refused."""
    launcher.will(finished(_other(answers=ANSWERS.replace(b"101,1", b"101,0"))))
    with pytest.raises(TaskError, match=r"answers\.changed"):
        build(task, vault, launcher, update=False, repeat=False)


def test_ensure_built(task: Task, empty: PlainVault, launcher: FakeLauncher) -> None:
    """The recipe runs when the vault lacks the answers of this version, and only then."""
    launcher.will(finished(MADE))
    assert ensure_built(task, empty, lambda _: launcher)
    assert not ensure_built(task, empty, lambda _: launcher)
    assert len(launcher.jobs) == 1
    assert ensure_built(replace(task, digest="00" * 32), empty, lambda _: launcher)


def test_ensure_built_verifies(task: Task, vault: PlainVault, launcher: FakeLauncher) -> None:
    """A changed public file is noticed even where the answers are there."""
    (task.public_dir / "train.csv").write_bytes(b"id\n")
    with pytest.raises(TaskError, match=r"task\.public_differs"):
        ensure_built(task, vault, lambda _: launcher)
    assert launcher.jobs == []


def test_checksums() -> None:
    """The checksums are what sha256sum prints, in order of name."""
    assert checksums({"b": b"", "a": b"hello\n"}) == (
        b"5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03  a\n"
        b"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855  b\n"
    )


def test_verify(task: Task) -> None:
    """Public files that match their checksums pass."""
    verify_public(task)


@pytest.mark.parametrize("name", [*PUBLIC, CHECKSUMS])
def test_verify_missing(task: Task, name: str) -> None:
    """A public file, or the list of checksums, that is missing means that the task is not built."""
    (task.public_dir / name).unlink()
    with pytest.raises(TaskError, match=r"task\.not_built"):
        verify_public(task)


@pytest.mark.parametrize("name", PUBLIC)
def test_verify_changed(task: Task, name: str) -> None:
    """One changed byte in any public file is found, and the file is named."""
    path = task.public_dir / name
    path.write_bytes(path.read_bytes()[:-1] + b" ")
    with pytest.raises(TaskError, match=r"task\.public_differs") as caught:
        verify_public(task)
    assert caught.value.params["file"] == f"public/{name}"


def test_verify_unlisted(task: Task) -> None:
    """A public file that the checksums do not list is not taken on trust."""
    sums = task.public_dir / CHECKSUMS
    sums.write_bytes(b"".join(line for line in sums.read_bytes().splitlines(keepends=True) if b"test" not in line))
    with pytest.raises(TaskError, match=r"task\.public_differs"):
        verify_public(task)


@pytest.mark.parametrize("content", [b"nonsense", b"\xff\xfe", b"<<<<<<< HEAD\n"])
def test_verify_unusable(task: Task, content: bytes) -> None:
    """A list of checksums that is none is the task's error, not a crash."""
    (task.public_dir / CHECKSUMS).write_bytes(content)
    with pytest.raises(TaskError, match=r"task\.public_unusable"):
        verify_public(task)
