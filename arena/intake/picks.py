"""A team's final picks: ``submissions/<task>/<team>/.picks.json``, which the team writes and nobody believes.

It lists digests. Whatever it names beyond the team's own scored submissions, or beyond what the task allows, is ignored
at the close. The shelf takes no file that begins with a dot for a submission.
"""

import json
from collections.abc import Sequence
from pathlib import Path

from arena.files import write_atomic
from arena.intake.freeze import RejectedError, open_regular

FILE = ".picks.json"
_SCHEMA = 1
_MAX_BYTES = 64 * 1024


def write_picks(root: Path, *, task: str, team: str, digests: Sequence[str]) -> Path:
    """Put what a team picks on the shelf at ``root``, in place of what it picked before."""
    path = root / task / team / FILE
    path.parent.mkdir(parents=True, exist_ok=True)
    picked = {"schema": _SCHEMA, "task": task, "team": team, "submissions": list(digests)}
    write_atomic(path, json.dumps(picked, indent=1).encode() + b"\n")
    return path


def read_picks(root: Path, task: str) -> dict[str, tuple[str, ...]]:
    """What each team picked for a task; one whose file cannot be read has picked nothing."""
    folder = root / task
    if not folder.is_dir():
        return {}
    found = {}
    # A link is not followed: a pull request could point one at files of the grader's machine.
    for path in sorted(path for path in folder.iterdir() if path.is_dir() and not path.is_symlink()):
        if digests := _read(path / FILE):
            found[path.name.casefold()] = digests
    return found


def _read(path: Path) -> tuple[str, ...]:
    try:
        with open_regular(path, _MAX_BYTES) as stream:
            data = json.loads(stream.read(_MAX_BYTES))
    except (RejectedError, ValueError, OSError, RecursionError):
        return ()
    named = data.get("submissions") if isinstance(data, dict) else None
    listed = named if isinstance(named, list) else []
    return tuple(dict.fromkeys(digest for digest in listed if isinstance(digest, str)))
