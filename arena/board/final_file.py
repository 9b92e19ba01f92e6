"""The published close of a task, ``leaderboard/<task>.final.json``: whether it is there, and what follows from that."""

import json
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from arena.errors import InfrastructureError
from arena.model.task import Task

SUFFIX = ".final"
# What its signature is for.
FINAL = "final"


def final_path(folder: Path, task: str) -> Path:
    """Where it is published."""
    return folder / f"{task}{SUFFIX}.json"


def read_final(folder: Path, task: str) -> dict[str, Any] | None:
    """The published final board as plain data, or ``None`` where the task is not closed.

    Raises:
        InfrastructureError: the file cannot be read.
    """
    path = final_path(folder, task)
    try:
        final: dict[str, Any] = json.loads(path.read_bytes())
    except FileNotFoundError:
        return None
    except ValueError as error:
        raise InfrastructureError("ledger.unreadable", file=str(path), reason=str(error)) from error
    return final


def as_closed(task: Task, folder: Path) -> Task:
    """The task with the moment of its close in force, which an instructor may have moved to before its time."""
    if (final := read_final(folder, task.id)) is None:
        return task
    closed_at = datetime.fromisoformat(final["closed_at"])
    return replace(task, board=replace(task.board, closes=min(closed_at, task.board.closes or closed_at)))
