"""A submission: immutable, content-addressed files of one team for one task."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from pathlib import Path


class Kind(Enum):
    """What a submission is, detected from its files."""

    PREDICTIONS = "predictions"
    PROGRAM = "program"
    MODEL = "model"
    ARTIFACT = "artifact"
    EXERCISE = "exercise"


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """One regular file: ``path`` is relative with ``/`` between its parts, ``sha256`` in hexadecimal."""

    path: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """The files as the grader froze them under ``root``; ``entry`` is the one that kind starts from."""

    task: str
    team: str
    digest: str
    kind: Kind
    entry: str
    files: tuple[File, ...]
    root: Path
    received_at: datetime


def digest_of(files: Iterable[File]) -> str:
    """SHA-256 over the sorted names, sizes and contents: equal exactly when the files are equal."""
    total = hashlib.sha256(b"arena submission 1\n")
    for file in sorted(files, key=lambda f: f.path):
        name = file.path.encode()
        total.update(b"%d %s %d %s\n" % (len(name), name, file.size, file.sha256.encode()))
    return total.hexdigest()
