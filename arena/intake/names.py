"""Which names a submission's files may have, and which files are nobody's submission."""

import unicodedata

from arena.model.safe_text import JOINERS

MAX_DEPTH = 8
MAX_NAME_BYTES = 200
_JUNK_FOLDERS = frozenset(
    {"__pycache__", ".git", ".ipynb_checkpoints", "__MACOSX", ".venv", ".mypy_cache", ".ruff_cache"}
)
_JUNK_FILES = frozenset({".DS_Store", "Thumbs.db", "desktop.ini", ".gitignore"})
_WINDOWS_FORBIDDEN = frozenset('<>:"|?*\\')


def is_junk(path: str) -> bool:
    """Whether operating systems and editors leave this file behind."""
    *folders, name = path.split("/")
    return name in _JUNK_FILES or name.startswith("._") or any(folder in _JUNK_FOLDERS for folder in folders)


def name_fault(path: str) -> str | None:
    """Return the id of the rule that a relative path breaks, or ``None`` if it may be used."""
    parts = path.split("/")
    if len(parts) > MAX_DEPTH:
        return "submission.too_deep"
    if path.startswith("/") or any(part in {"", ".", ".."} for part in parts):
        return "submission.path_outside"
    for part in parts:
        if len(part.encode("utf-8", "surrogatepass")) > MAX_NAME_BYTES:
            return "submission.name_too_long"
        # Bengali words need the joiners, which are format characters like those that steer text.
        categories = {unicodedata.category(char)[0] for char in part if char not in JOINERS}
        if "C" in categories or _WINDOWS_FORBIDDEN & set(part) or part != part.strip() or part.endswith("."):
            return "submission.name_unusable"
    return None
