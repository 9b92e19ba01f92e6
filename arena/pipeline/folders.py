"""Public files that are kept packed, as the folders that they are shown as.

Four thousand images are one file of the repository, ``train_images.zip``, and one line of its checksums. Whoever uses
them sees the folder ``train_images``. It is unpacked once, into a cache of the grader's that is keyed by the packed
bytes, so that no run waits for it twice and a changed file is never taken for an old one.
"""

import functools
import hashlib
import os
import secrets
import shutil
from pathlib import Path

from arena.errors import InfrastructureError, TaskError
from arena.files import remove_stale
from arena.intake.archive import unpack
from arena.intake.freeze import Freezer, RejectedError
from arena.model.safe_text import safe_line
from arena.model.task import Task

# A task's recipe is not trusted either. What it packs is bounded when it is taken out of the sandbox, at 1 GiB.
MAX_BYTES = 4 * 1024**3
MAX_FILES = 200_000
CACHE = "unpacked"
# When a file was written tells nothing about what is in it. The first moment that a zip can name, in UTC.
_NO_TIME = 315532800


def unpacked(task: Task, state: Path) -> dict[str, Path]:
    """Where each packed file of a task lies unpacked below the grader's folder ``state``; unpack what is not there yet.

    Raises:
        TaskError: a file is missing, or is no archive that may be unpacked.
        InfrastructureError: this machine cannot write it.
    """
    return {name: _folder(task, name, state / CACHE) for name in task.packed}


def _folder(task: Task, name: str, cache: Path) -> Path:
    source = task.public_dir / name
    try:
        info = source.stat()
        folder = cache / _digest(source, info.st_size, info.st_mtime_ns, info.st_ino)
        if not folder.is_dir():
            _unpack(source, folder)
    except FileNotFoundError as error:
        raise TaskError("task.not_built", task=task.id) from error
    except RejectedError as error:
        found = ", ".join([error.message.id, *(f"{key}: {value}" for key, value in error.message.params.items())])
        raise TaskError("task.cannot_unpack", task=task.id, file=f"public/{name}", reason=safe_line(found)) from error
    except OSError as error:
        raise InfrastructureError("file.unwritable", path=str(cache), reason=error.strerror or str(error)) from error
    return folder


@functools.lru_cache(maxsize=64)
def _digest(path: Path, size: int, changed_ns: int, inode: int) -> str:  # noqa: ARG001 - they say that it changed
    """Hash of a file, read once for all submissions of a run."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _unpack(source: Path, folder: Path) -> None:
    """Unpack to ``folder``, which is whole or not there, whatever kills this process and whoever does the same."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    remove_stale(folder.parent)
    temporary = folder.parent / f".{secrets.token_hex(8)}.tmp"
    temporary.mkdir()
    try:
        # The sandbox's account must be able to enter it, whatever the umask says.
        temporary.chmod(0o755)
        freezer = Freezer(root=temporary, max_bytes=MAX_BYTES, max_files=MAX_FILES)
        with source.open("rb") as stream:
            unpack(source.name, stream, freezer)
        for file in freezer.files:
            os.utime(temporary / file.path, (_NO_TIME, _NO_TIME))
        # One call for thousands of files: a power cut must not leave a folder of empty ones under the final name.
        if hasattr(os, "sync"):
            os.sync()
        try:
            temporary.rename(folder)
        except OSError:
            # Another grader was quicker; what it unpacked is the same.
            if not folder.is_dir():
                raise
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
