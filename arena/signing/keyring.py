"""Private keys, outside every repository: ``<keys>/<name>.pem``, PKCS #8 without a passphrase, mode 0600.

``<keys>`` is ``ARENA_KEYS``, else ``arena/keys`` in the account's data folder, beside the vault. A key is written once
and never overwritten: whoever lost it makes another one, under another name.
"""

import os
import re
import stat
import sys
from pathlib import Path

from arena.errors import InfrastructureError, UsageError
from arena.files import account_folder, create_once
from arena.model.trust import Trust
from arena.signing.keys import Signer

DEFAULT = "grader"
_SUFFIX = ".pem"
_NAME = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?")


def keys_root() -> Path:
    """The folder of this account's keys."""
    if chosen := os.environ.get("ARENA_KEYS"):
        return Path(chosen).absolute()
    return account_folder() / "keys"


def new_key(name: str, workspace: Path | None = None) -> Signer:
    """Make a key of that name.

    Raises:
        UsageError: the name cannot be one, or there is a key of that name.
        InfrastructureError: the folder of keys lies in the workspace, or is open to other accounts.
    """
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    root = keys_root()
    _refuse_unsafe(root, workspace)
    root.mkdir(mode=0o700, parents=True, exist_ok=True)
    key = Ed25519PrivateKey.generate()
    data = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    if not create_once(_path(name), data, mode=0o600):
        raise UsageError("key.exists", name=name, path=str(_path(name)))
    return Signer(name, key)


def load_key(name: str) -> Signer:
    """The key of that name.

    Raises:
        UsageError: there is none.
        InfrastructureError: other accounts may read it, or it is no Ed25519 key.
    """
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    path = _path(name)
    try:
        mode, data = stat.S_IMODE(path.stat().st_mode), path.read_bytes()
    except FileNotFoundError as error:
        raise UsageError("key.none", name=name, path=str(path)) from error
    if mode & 0o077 and sys.platform != "win32":
        raise InfrastructureError("key.open_to_others", path=str(path), mode=f"{mode:o}")
    try:
        key = load_pem_private_key(data, password=None)
    except (ValueError, TypeError) as error:
        raise InfrastructureError("key.unreadable", path=str(path)) from error
    if not isinstance(key, Ed25519PrivateKey):
        raise InfrastructureError("key.unreadable", path=str(path))
    return Signer(name, key)


def signer_for(trust: Trust, workspace: Path) -> Signer | None:
    """A key of this account that the workspace trusts and has not revoked; ``None`` where there is none.

    Raises:
        InfrastructureError: a key that lies there cannot be used.
    """
    if not trust or not keys_root().is_dir():
        return None
    _refuse_unsafe(keys_root(), workspace)
    for path in sorted(keys_root().glob(f"*{_SUFFIX}")):
        if _NAME.fullmatch(path.stem):
            signer = load_key(path.stem)
            known = trust.key(signer.fingerprint)
            if known is not None and known.public == signer.public and known.revoked is None:
                return signer
    return None


def _path(name: str) -> Path:
    if not _NAME.fullmatch(name):
        raise UsageError("key.invalid", name=name[:60])
    return keys_root() / f"{name}{_SUFFIX}"


def _refuse_unsafe(root: Path, workspace: Path | None) -> None:
    resolved = root.resolve()
    if workspace is not None and resolved.is_relative_to(workspace.resolve()):
        raise InfrastructureError("key.inside_workspace", path=str(root), workspace=str(workspace))
    if resolved.exists() and sys.platform != "win32":
        mode = stat.S_IMODE(resolved.stat().st_mode)
        if mode & 0o022:
            raise InfrastructureError("key.open_to_others", path=str(root), mode=f"{mode:o}")
