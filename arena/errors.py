"""The one tree of errors. A leaf says whose fault it is by its exit code; its message says what, why, and what next."""

from collections.abc import Sequence
from dataclasses import dataclass


class ArenaError(Exception):
    """An error that the command line reports without a traceback.

    ``message_id`` and ``params`` name a learner-facing text in ``arena/text``; the text itself is chosen when it is
    shown.
    """

    exit_code = 5

    def __init__(self, message_id: str, **params: object) -> None:
        super().__init__(message_id, params)
        self.message_id = message_id
        self.params = params

    def __str__(self) -> str:
        details = ", ".join(f"{name}={value!r}" for name, value in self.params.items())
        return f"{self.message_id} ({details})" if details else self.message_id


class UsageError(ArenaError):
    """The command was given something that does not exist or does not fit."""

    exit_code = 2


class SubmissionError(ArenaError):
    """The submission cannot be used; nothing of ours is broken."""

    exit_code = 3


class TaskError(ArenaError):
    """The task's definition, recipe, answers or metric cannot be used."""

    exit_code = 4


class InfrastructureError(ArenaError):
    """This machine, this installation or arena itself failed."""

    exit_code = 5


class AttemptFailedError(InfrastructureError):
    """One attempt broke by itself, where another may not: its sandbox, its lease or its device is to blame."""


class DeniedError(ArenaError):
    """The submission is fine but is not admitted."""

    exit_code = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing that is wrong in a file which an instructor wrote, and how to mend it."""

    file: str
    line: int | None
    reason: str
    fix: str

    def __str__(self) -> str:
        where = self.file if self.line is None else f"{self.file}:{self.line}"
        return f"{where}: {self.reason}\n    fix: {self.fix}"


class InvalidFileError(TaskError):
    """A definition file has problems; all of them are listed together."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("task.invalid", count=len(problems), problems="\n".join(str(p) for p in problems))
        self.problems = tuple(problems)
