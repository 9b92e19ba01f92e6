"""The grader's own folder."""

from pathlib import Path

from arena.errors import InfrastructureError


def make_state(state: Path) -> None:
    """The grader's own folder is for the grader's account alone, and git never sees it."""
    try:
        state.mkdir(mode=0o700, exist_ok=True)
        ignore = state / ".gitignore"
        if not ignore.exists():
            ignore.write_text("*\n", encoding="ascii")
    except OSError as error:
        raise InfrastructureError("file.unwritable", path=str(state), reason=error.strerror or str(error)) from error
