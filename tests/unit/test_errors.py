"""An error says whose fault it is by its exit code, and lists every problem of a file."""

import pytest

from arena.errors import (
    ArenaError,
    DeniedError,
    InfrastructureError,
    InvalidFileError,
    Problem,
    SubmissionError,
    TaskError,
    UsageError,
)


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (UsageError, 2),
        (SubmissionError, 3),
        (TaskError, 4),
        (InvalidFileError, 4),
        (InfrastructureError, 5),
        (ArenaError, 5),
        (DeniedError, 6),
    ],
)
def test_exit_codes(error: type[ArenaError], code: int) -> None:
    """Every leaf has the exit code of the design, and all are of one tree."""
    assert error.exit_code == code
    assert issubclass(error, ArenaError)


def test_text() -> None:
    """An error's text names its message id and parameters, for the operator's log."""
    assert str(UsageError("task.unknown", task="x")) == "task.unknown (task='x')"
    assert str(UsageError("team.none")) == "team.none"


def test_problems() -> None:
    """An invalid file's error carries every problem, with its place and its fix."""
    problems = [
        Problem(file="task.toml", line=3, reason="no such key", fix="remove it"),
        Problem(file="task.toml", line=None, reason="prepare.py is missing", fix="write it"),
    ]
    error = InvalidFileError(problems)
    assert error.problems == tuple(problems)
    assert error.params == {
        "count": 2,
        "problems": "task.toml:3: no such key\n    fix: remove it\ntask.toml: prepare.py is missing\n    fix: write it",
    }
