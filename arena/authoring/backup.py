"""Copy the vault to one archive and back."""

import contextlib
import gzip
import os
import secrets
import tarfile
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from arena.errors import InfrastructureError, UsageError
from arena.files import create_once, sync_directory
from arena.vault.location import refuse_unsafe, vault_root
from arena.vault.plain import COLUMNS
from arena.vault.views import VIEWS, views


def safe_vault(workspace: Path) -> Path:
    """Where the vault is or will be; an unsafe place raises ``InfrastructureError``."""
    root = vault_root()
    refuse_unsafe(root, workspace)
    return root


def backup(destination: Path) -> int:
    """Write every file of the vault into a new .tar.gz of mode 0600; return how many there were."""
    root = vault_root()
    if not root.is_dir():
        raise UsageError("vault.none", vault=str(root))
    if destination.exists():
        raise UsageError("file.exists", path=str(destination))
    files = sorted(path for path in root.rglob("*") if path.is_file() and not _is_passing(path))
    temporary = destination.with_name(f".{destination.name}.{secrets.token_hex(4)}.tmp")
    try:
        fd = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(fd, "wb") as stream:
            with tarfile.open(fileobj=stream, mode="w:gz") as archive:
                for path in files:
                    archive.add(path, arcname=path.relative_to(root).as_posix(), recursive=False)
            stream.flush()
            os.fsync(stream.fileno())
        temporary.rename(destination)
        sync_directory(destination.parent)
    except OSError as error:
        raise InfrastructureError("file.unwritable", path=str(destination), reason=error.strerror or "") from error
    finally:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)
    return len(files)


def _is_passing(path: Path) -> bool:
    """Whether it is on its way to another name, or made anew whenever it is missed."""
    return path.suffix == ".tmp" or path.name == COLUMNS


def looks(workspace_root: Path, workspace: str) -> Sequence[dict[str, Any]]:
    """Every look at a workspace's private scores, in order."""
    return views(safe_vault(workspace_root) / workspace)


def restore(source: Path) -> tuple[int, int]:
    """Put back what the archive holds and the vault lacks; never overwrite. Return (restored, already there)."""
    root = vault_root()
    restored = present = 0
    try:
        _refuse_damaged(source)
        with tarfile.open(source, mode="r:gz") as archive:
            for member in archive:
                name = Path(member.name)
                if not member.isreg() or name.is_absolute() or ".." in name.parts:
                    raise UsageError("vault.not_a_backup", path=str(source))
                content = archive.extractfile(member)
                data = content.read() if content else b""
                target = root / name
                for part in reversed([p for p in (target.parent, *target.parent.parents) if not p.exists()]):
                    part.mkdir(mode=0o700)
                if create_once(target, data, mode=0o600):
                    restored += 1
                elif target.read_bytes() == data or target.name == VIEWS:
                    present += 1  # The log of looks has grown since: what is there stays.
                else:
                    raise UsageError("vault.conflict", path=str(target))
    except (tarfile.TarError, gzip.BadGzipFile, zlib.error, EOFError) as error:
        raise UsageError("vault.not_a_backup", path=str(source)) from error
    except OSError as error:
        raise UsageError("file.unreadable", path=str(source), reason=error.strerror or str(error)) from error
    return restored, present


def _refuse_damaged(source: Path) -> None:
    """Read to the very end, where gzip's checksum stands; tarfile stops before it and would restore changed bytes."""
    with gzip.open(source) as stream:
        while stream.read(1 << 20):
            pass
