"""Where the vault is, and whether that is a safe place."""

import os
import stat
import sys
from pathlib import Path

from arena.errors import InfrastructureError


def vault_root() -> Path:
    """``ARENA_VAULT``, else the account's data folder by the platform's custom."""
    if chosen := os.environ.get("ARENA_VAULT"):
        return Path(chosen).absolute()
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA", str(Path.home() / "AppData" / "Local"))) / "arena" / "vault"
    data_home = os.environ.get("XDG_DATA_HOME")
    # The specification tells to ignore a relative XDG path.
    base = Path(data_home) if data_home and Path(data_home).is_absolute() else Path.home() / ".local" / "share"
    return base / "arena" / "vault"


def refuse_unsafe(root: Path, workspace: Path) -> None:
    """Raise ``InfrastructureError`` if the vault would lie inside a workspace or is open to other accounts."""
    resolved = root.resolve()
    if resolved.is_relative_to(workspace.resolve()):
        raise InfrastructureError("vault.inside_workspace", vault=str(root), workspace=str(workspace))
    if resolved.exists() and sys.platform != "win32":
        mode = stat.S_IMODE(resolved.stat().st_mode)
        if mode & 0o077:
            raise InfrastructureError("vault.open_to_others", vault=str(root), mode=f"{mode:o}")
