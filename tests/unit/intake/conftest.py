"""Submissions to receive, harmless and hostile."""

import contextlib
import gzip
import io
import tarfile
import zipfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from arena.intake.freeze import Freezer, RejectedError
from arena.model.message import Message

MAX_BYTES = 2**20


@pytest.fixture
def freezer(tmp_path: Path) -> Freezer:
    """A freezer of one megabyte, into an empty folder beside which nothing lies."""
    root = tmp_path / "outer" / "frozen"
    root.mkdir(parents=True)
    return Freezer(root=root, max_bytes=MAX_BYTES)


def refusal(call: Callable[[], object]) -> Message:
    """The message with which intake rejects; a call that is not rejected fails the test."""
    with pytest.raises(RejectedError) as caught:
        call()
    return caught.value.message


@contextlib.contextmanager
def full_disk() -> Iterator[None]:
    """For as long as this lasts, no file can grow beyond 100 bytes."""
    resource = pytest.importorskip("resource", reason="this system cannot limit the size of files")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def contents(root: Path) -> dict[str, bytes]:
    """Every file below ``root`` by its relative name."""
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def zipped(files: Mapping[str, bytes | str], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip of files by name."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name), content, compress_type=method)
    return buffer.getvalue()


def member(name: str, content: bytes = b"", **fields: object) -> tuple[tarfile.TarInfo, bytes]:
    """A member of a tar; ``fields`` are set on its header."""
    info = tarfile.TarInfo(name)
    info.size = len(content)
    for field, value in fields.items():
        setattr(info, field, value)
    return info, content


def tarred(*members: tuple[tarfile.TarInfo, bytes], form: int = tarfile.PAX_FORMAT) -> bytes:
    """A tar.gz of members."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=form) as archive:
        for info, content in members:
            archive.addfile(info, io.BytesIO(content))
    return gzip.compress(buffer.getvalue(), compresslevel=1)
