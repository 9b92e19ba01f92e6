"""Team ids: ASCII slugs that are safe as a folder name on every system."""

import re

from arena.errors import UsageError
from arena.model.safe_text import safe_line

_SLUG = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,38}[A-Za-z0-9])?\Z")
# Device names of Windows, git's own folder, and words that a board or a command line would misread.
_RESERVED = frozenset(
    {"con", "prn", "aux", "nul", "git", "arena", "admin", "all", "none", "null", "baseline", "private", "public"}
    | {f"{port}{number}" for port in ("com", "lpt") for number in range(10)}
)


# A baseline is a line to compare with, and competes with no one.
_BASELINE = "baseline-"


def is_baseline(team: str) -> bool:
    """Whether a canonical id is a baseline's."""
    return team.startswith(_BASELINE)


def parse_team(text: str) -> str:
    """Return the canonical (casefolded) id of a team, or raise ``UsageError`` with the rule that it breaks."""
    if not _SLUG.match(text) or "--" in text:
        raise UsageError("team.invalid", team=safe_line(text, 60))
    canonical = text.casefold()
    if canonical in _RESERVED:
        raise UsageError("team.reserved", team=canonical)
    return canonical
