"""A task's public files, and their checksums."""

import hashlib
from collections.abc import Mapping
from pathlib import Path

from arena.authoring.packed import same_content
from arena.errors import TaskError
from arena.files import write_atomic
from arena.model.task import Task

CHECKSUMS = "SHA256SUMS"


def write_public(task: Task, public: Mapping[str, bytes], *, update: bool) -> tuple[str, ...]:
    """Write the files and their checksums; return the names of those that changed.

    A packed file that is there and holds the same stays as it is.

    Raises:
        TaskError: one is there and differs, and ``update`` is not given.
    """
    public = {name: _as_it_is(task.public_dir / name, data) for name, data in public.items()}
    changed: list[str] = []
    for name, data in {**public, CHECKSUMS: checksums(public)}.items():
        path = task.public_dir / name
        if path.is_file() and path.read_bytes() == data:
            continue
        if path.exists() and not update:
            raise TaskError("task.public_differs", task=task.id, file=f"public/{name}")
        write_atomic(path, data)
        changed.append(name)
    return tuple(changed)


def _as_it_is(path: Path, made: bytes) -> bytes:
    """The bytes that are there already, where they hold what was made."""
    there = path.read_bytes() if path.is_file() else made
    return there if same_content(path.name, there, made) else made


def checksums(public: Mapping[str, bytes]) -> bytes:
    """The text of ``SHA256SUMS``, in the format of sha256sum(1)."""
    lines = [f"{hashlib.sha256(public[name]).hexdigest()}  {name}\n" for name in sorted(public)]
    return "".join(lines).encode()


def verify_public(task: Task) -> None:
    """Hold the public files against their checksums.

    Raises:
        TaskError: one is missing or was changed; the message names it.
    """
    expected: dict[str, str] = {}
    try:
        for line in (task.public_dir / CHECKSUMS).read_text(encoding="ascii").splitlines():
            digest, name = line.split("  ", 1)
            expected[name] = digest
    except FileNotFoundError as error:
        raise TaskError("task.not_built", task=task.id) from error
    except ValueError as error:
        raise TaskError("task.public_unusable", task=task.id, file=f"public/{CHECKSUMS}") from error
    for name in task.public_files:
        try:
            data = (task.public_dir / name).read_bytes()
        except FileNotFoundError as error:
            raise TaskError("task.not_built", task=task.id) from error
        if hashlib.sha256(data).hexdigest() != expected.get(name):
            raise TaskError("task.public_differs", task=task.id, file=f"public/{name}")
