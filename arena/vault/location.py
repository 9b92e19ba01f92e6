"""Where the vault is, and whether that is a safe place."""

import os
import stat
import sys
from pathlib import Path

from arena.errors import InfrastructureError
from arena.files import account_folder


def vault_root() -> Path:
    """``ARENA_VAULT``, else the account's data folder by the platform's custom."""
    if chosen := os.environ.get("ARENA_VAULT"):
        return Path(chosen).absolute()
    return account_folder() / "vault"


def refuse_unsafe(root: Path, workspace: Path) -> None:
    """Raise ``InfrastructureError`` if the vault would lie inside a workspace or is open to other accounts."""
    resolved = root.resolve()
    if resolved.is_relative_to(workspace.resolve()):
        raise InfrastructureError("vault.inside_workspace", vault=str(root), workspace=str(workspace))
    if resolved.exists() and sys.platform != "win32":
        mode = stat.S_IMODE(resolved.stat().st_mode)
        if mode & 0o077:
            raise InfrastructureError("vault.open_to_others", vault=str(root), mode=f"{mode:o}")
