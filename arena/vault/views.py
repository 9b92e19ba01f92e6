"""Who looked at private scores before the close: ``<vault>/<workspace>/views.jsonl``, a line for each look.

A line is added and never changed, and it is on the disk before a score is shown. It names the account by its number,
since a process can give itself any name in its environment.
"""

import getpass
import json
import os
import sys
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

VIEWS = "views.jsonl"


def account() -> str:
    """The name of the operating system's account that runs this process."""
    if sys.platform == "win32":
        return getpass.getuser()
    import pwd

    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return f"uid {os.getuid()}"  # As in a container without a list of accounts.


def log_view(folder: Path, *, at: datetime, task: str, look: Mapping[str, Any]) -> None:
    """Add a line to the log of the workspace whose part of the vault ``folder`` is; ``look`` says what was asked for.

    Raises:
        OSError: it cannot be written, so nothing may be shown.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    line = json.dumps({"at": at.isoformat(), "account": account(), "task": task, **look}, ensure_ascii=False)
    fd = os.open(folder / VIEWS, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
    with os.fdopen(fd, "a+b") as file:
        # What a killed process left of a line stays a line of its own.
        file.seek(max(0, file.seek(0, os.SEEK_END) - 1))
        torn = file.read(1) not in {b"", b"\n"}
        file.write((b"\n" if torn else b"") + line.encode() + b"\n")
        file.flush()
        os.fsync(file.fileno())


def views(folder: Path) -> Sequence[dict[str, Any]]:
    """Every look, in order; a line that was torn is shown as such."""
    try:
        lines = (folder / VIEWS).read_text(encoding="utf-8", errors="replace").splitlines()
    except FileNotFoundError:
        return []
    return [_parsed(line) for line in lines if line.strip()]


def _parsed(line: str) -> dict[str, Any]:
    try:
        parsed = json.loads(line)
    except ValueError:
        parsed = None
    return parsed if isinstance(parsed, dict) else {"at": "", "account": "", "task": "", "torn": line}
