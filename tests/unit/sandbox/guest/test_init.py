"""What process 1 takes out of the working folder after all is dead."""

import os
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

import pytest

pytest.importorskip("resource", reason="process 1 is Linux's")

from arena.sandbox.frames import Report, ReportReader
from arena.sandbox.guest import init
from tests.conftest import write_files

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="process 1 is Linux's")


def _exported(folder: Path, outputs: list[str], max_bytes: int = 1000) -> Report:
    """Take files out, and read the report as the grader does. A few descriptors stay open: process 1 ends after it."""
    with tempfile.TemporaryFile() as result:
        opened = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        config = {"outputs": outputs, "max_bytes": max_bytes, "result_fd": result.fileno()}
        init._export(opened, config, 256, disk_full=True)
        result.seek(0)
        reader = ReportReader(max_bytes=max_bytes)
        reader.feed(b'{"started": true}\n' + result.read())
    report = reader.finish()
    assert report is not None
    assert (report.status, report.disk_full) == (256, True)
    return report


@pytest.mark.parametrize(
    "files",
    [
        {"submission.csv": b"id,ripe\n"},
        {"a": b"", "b": b"\0\n{}\n" * 100, "c": b"last"},
        {"public/train.csv": b"1", "public/deep/test.csv": b"22", "answers.csv": b"333"},
    ],
)
def test_round_trip(tmp_path: Path, files: Mapping[str, bytes]) -> None:
    """Plain files, in folders too, arrive at the grader byte for byte, in the order that was asked for."""
    write_files(tmp_path, files)
    for names in (list(files), list(files)[::-1]):
        report = _exported(tmp_path, names)
        assert list(report.outputs.items()) == [(name, files[name]) for name in names]
        assert report.faults == {}


def test_hostile(tmp_path: Path) -> None:
    """A link, a folder, a FIFO, a second name of a file or what lies behind a linked folder is never taken out."""
    work = write_files(tmp_path / "work", {"good": b"good", "twice": b"secret?", "folder/x": b"", "real/x": b"real"})
    secret = write_files(tmp_path / "secret", {"x": b"secret"})
    (work / "link").symlink_to(secret / "x")
    (work / "dangling").symlink_to(tmp_path / "nowhere")
    (work / "linked").symlink_to(secret)
    (work / "inside").symlink_to(work / "real")
    os.link(work / "twice", work / "other-name")
    os.mkfifo(work / "fifo")
    names = ["link", "dangling", "linked/x", "inside/x", "twice", "folder", "fifo", "none", "none/x", "good/x", "good"]
    report = _exported(work, names)
    assert report.outputs == {"good": b"good"}
    assert report.faults == {
        "link": "link",
        "dangling": "link",
        "linked/x": "missing",
        "inside/x": "missing",
        "twice": "hard_link",
        "folder": "not_a_file",
        "fifo": "not_a_file",
        "none": "missing",
        "none/x": "missing",
        "good/x": "missing",
    }


def test_size_of_all(tmp_path: Path) -> None:
    """The limit holds for all files together: what no longer fits is left out, what fits after it is not."""
    write_files(tmp_path, {"a": b"x" * 600, "b": b"x" * 600, "c": b"x" * 400})
    report = _exported(tmp_path, ["a", "b", "c"])
    assert set(report.outputs) == {"a", "c"}
    assert report.faults == {"b": "too_large"}


def test_sparse_file(tmp_path: Path) -> None:
    """A file that claims a size without having it counts by what it claims."""
    with (tmp_path / "huge").open("wb") as file:
        file.truncate(2**40)
    assert _exported(tmp_path, ["huge"]).faults == {"huge": "too_large"}
