"""Validate a definition file with pydantic and report every problem together: file, line, reason, fix."""

from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic_core import ErrorDetails

from arena.catalog import toml_lines
from arena.errors import InvalidFileError, Problem


class Edge(BaseModel):
    """Base of every schema of a file: unknown keys are errors, not ignored."""

    model_config = ConfigDict(extra="forbid", frozen=True)


_Schema = TypeVar("_Schema", bound=Edge)


def _fix(error: ErrorDetails) -> str:
    key = ".".join(str(part) for part in error["loc"])
    match error["type"]:
        case "missing":
            return f"add `{key}`"
        case "extra_forbidden":
            return f"remove `{key}` or correct its spelling"
        case "timezone_aware":
            return f"give `{key}` an offset, as in 2026-11-01T00:00:00+06:00"
        case "value_error":
            return f"correct `{key}`"
        case _:
            expected = error.get("ctx", {}).get("expected")
            return f"set `{key}` to {expected}" if expected else f"correct the value of `{key}`"


def validated(data: bytes, name: str, schema: type[_Schema]) -> tuple[_Schema, dict[toml_lines.Place, int]]:
    """Parse and validate TOML bytes; return the settings and the line of each key.

    Raises:
        InvalidFileError: with every problem found.
    """
    document: dict[str, Any] = toml_lines.parse(data, name)
    lines = toml_lines.line_numbers(data.decode("utf-8-sig"))
    try:
        return schema.model_validate(document), lines
    except ValidationError as error:
        problems = [
            Problem(
                file=name,
                line=toml_lines.line_of(lines, details["loc"]),
                reason=f"`{'.'.join(str(part) for part in details['loc'])}`: {details['msg']}",
                fix=_fix(details),
            )
            for details in error.errors()
        ]
        raise InvalidFileError(sorted(problems, key=lambda p: p.line or 0)) from error


def read_definition(path: Path, name: str) -> bytes:
    """Read a definition file; its absence is a problem like any other."""
    try:
        return path.read_bytes()
    except OSError as error:
        problem = Problem(file=name, line=None, reason=f"cannot be read: {error.strerror}", fix=f"create {name}")
        raise InvalidFileError([problem]) from error
