"""Give a learner a task's public files and starter kit."""

import filecmp
import secrets
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from arena.errors import InfrastructureError, TaskError, UsageError
from arena.files import write_atomic
from arena.model.task import Task, shown_as


@dataclass(frozen=True, slots=True, kw_only=True)
class Copied:
    """What a learner was given: ``names`` has one entry, with a slash, for a folder of images; ``files`` counts all."""

    names: tuple[str, ...]
    files: int


def copy_public(
    task: Task, folder: Path, *, folders: Mapping[str, Path], force: bool, extra: Mapping[str, bytes] | None = None
) -> Copied:
    """Copy the public files to ``folder`` and the starter kit to ``folder/starter``.

    ``folders`` says where the task's packed files lie unpacked: they are given as folders. An exercise's ``harness.py``
    goes along; ``extra`` are contents of more files.

    Raises:
        UsageError: a file is there and differs, and ``force`` is not given. Nothing is written then.
    """
    sources = {name: task.public_dir / name for name in task.public_files if name not in folders}
    sources |= {f"starter/{name}": path for name, path in _below(task.root / "starter").items()}
    if (harness := task.root / "harness.py").is_file():
        sources["harness.py"] = harness
    if not all(path.is_file() for path in sources.values()):
        raise TaskError("task.not_built", task=task.id)
    unpacked = {shown_as(name): path for name, path in folders.items()}
    inside = {f"{name}/{file}": path for name, root in unpacked.items() for file, path in _below(root).items()}
    wanted: dict[str, bytes | Path] = {**(extra or {}), **sources, **inside}
    if not force:
        _refuse_conflicts(folder, wanted)
    try:
        for name, root in unpacked.items():
            if not (folder / name).exists():
                _copy_folder(root, folder / name)
        for name, content in wanted.items():
            if not _holds(folder / name, content):
                write_atomic(folder / name, content if isinstance(content, bytes) else content.read_bytes())
    except OSError as error:
        raise InfrastructureError("file.unwritable", path=str(folder), reason=error.strerror or str(error)) from error
    names = [name for name in wanted if name not in inside]
    return Copied(names=(*names, *(f"{name}/" for name in unpacked)), files=len(wanted))


def _refuse_conflicts(folder: Path, wanted: Mapping[str, bytes | Path]) -> None:
    within = {folder / parent for name in wanted for parent in Path(name).parents} - {folder}
    in_the_way = [path for path in sorted(within) if path.exists() and not path.is_dir()]
    in_the_way += [
        folder / name
        for name, content in wanted.items()
        if (folder / name).exists() and not _holds(folder / name, content)
    ]
    if in_the_way:
        raise UsageError("download.conflict", path=str(in_the_way[0]))


def _holds(target: Path, content: bytes | Path) -> bool:
    if not target.is_file():
        return False
    return target.read_bytes() == content if isinstance(content, bytes) else filecmp.cmp(content, target, shallow=False)


def _copy_folder(source: Path, target: Path) -> None:
    """Copy thousands of small files at once: the folder is whole or not there, and no file waits for the disk."""
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = target.parent / f".{secrets.token_hex(8)}.tmp"
    try:
        shutil.copytree(source, temporary)
        temporary.rename(target)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def _below(folder: Path) -> dict[str, Path]:
    """Every file below a folder by its relative name, in order."""
    found = sorted(path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    return {path.relative_to(folder).as_posix(): path for path in found}
