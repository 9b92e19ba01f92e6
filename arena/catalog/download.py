"""Give a learner a task's public files and starter kit."""

from collections.abc import Mapping
from pathlib import Path

from arena.errors import InfrastructureError, TaskError, UsageError
from arena.files import write_atomic
from arena.model.task import Task


def copy_public(task: Task, folder: Path, *, force: bool, extra: Mapping[str, bytes] | None = None) -> list[str]:
    """Copy the public files to ``folder`` and the starter kit to ``folder/starter``; return the names.

    An exercise's ``harness.py`` goes along; ``extra`` are contents of more files.

    Raises:
        UsageError: a file is there and differs, and ``force`` is not given. Nothing is written then.
    """
    sources = {name: task.public_dir / name for name in task.public_files}
    starter = task.root / "starter"
    sources |= {f"starter/{path.relative_to(starter).as_posix()}": path for path in sorted(_files(starter))}
    if (harness := task.root / "harness.py").is_file():
        sources["harness.py"] = harness
    contents = dict(extra or {})
    for name, path in sources.items():
        try:
            contents[name] = path.read_bytes()
        except FileNotFoundError as error:
            raise TaskError("task.not_built", task=task.id) from error
    for name, data in contents.items():
        target = folder / name
        if target.exists() and not force and (not target.is_file() or target.read_bytes() != data):
            raise UsageError("download.conflict", path=str(target))
    try:
        for name, data in contents.items():
            write_atomic(folder / name, data)
    except OSError as error:
        raise InfrastructureError("file.unwritable", path=str(folder), reason=error.strerror or str(error)) from error
    return list(contents)


def _files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts]
