"""Rank and publish: standings from the ledger, files from standings."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from filelock import FileLock

from arena.board import render
from arena.board.final_file import final_path
from arena.board.indexed import IndexedLedger
from arena.board.interface import Ledger
from arena.board.publish import publish
from arena.board.row_texts import RowTexts
from arena.board.standings import Standings, every_board, ranked_by, standings
from arena.errors import InfrastructureError, UsageError
from arena.files import remove_stale
from arena.metrics.table import metrics_of
from arena.model.message import Message
from arena.model.record import Record
from arena.model.safe_text import safe_line
from arena.model.task import Task
from arena.pipeline.comparing import with_comparisons
from arena.pipeline.stages import Stages
from arena.text.render import render as words
from arena.vault.views import log_view


def standings_of(task: Task, records: Iterable[Record], by: str | None = None) -> Standings:
    """The board of a task's records, by the ranking metric or by another of the task's."""
    return standings(records, task, ranked_by(metrics_of(task), by or task.metric))


def board_of(task: Task, ledger: Ledger) -> Standings | None:
    """The board of a task with those by its other metrics, ``None`` if it has no records; by the index if there is one.

    What the index gives, and what all records give at once, is the same.
    """
    if isinstance(ledger, IndexedLedger):
        return ledger.board(task, metrics_of(task))
    records = list(ledger.records(task.id))
    return every_board(records, task, metrics_of(task)) if records else None


def publish_boards(tasks: Iterable[Task], stages: Stages, folder: Path) -> list[Path]:
    """Publish the board of each task that has records; return the files that changed."""
    folder.mkdir(parents=True, exist_ok=True)
    # Ranked inside the lock: of two graders the later one publishes what the ledger holds by then.
    with FileLock(stages.state / "publish.lock"):
        return publish_locked(tasks, stages, folder)


def publish_locked(tasks: Iterable[Task], stages: Stages, folder: Path) -> list[Path]:
    """The same, for whoever holds the lock."""
    # It is the only one who replaces boards: what is left here belongs to the dead.
    remove_stale(folder, older_than_seconds=0)
    tasks = list(tasks)
    found = [board for task in tasks if (board := board_of(task, stages.board_ledger))]
    by_id = {task.id: task for task in tasks}
    boards, changed = [], []
    for board in found:
        compared, files = with_comparisons(board, by_id[board.task], stages, folder)
        boards.append(replace(compared, closed=final_path(folder, board.task).exists()))
        changed += files
    notes = {board.task: words(note, "en") for board in boards if (note := render.practice_note(board))}
    for task in tasks:
        if count := stages.board_ledger.refused(task.id):
            stages.tell(Message.of("board.refused", count=count, task=task.id))
    for board in boards:
        stages.texts.setdefault(board.task, RowTexts())
    changed += publish(folder, boards, notes, stages.texts)
    stages.checkpoint()
    return changed


def published(folder: Path, task: str) -> dict[str, Any] | None:
    """The published board as plain data, or ``None`` where there is none."""
    path = folder / f"{task}.json"
    try:
        board: dict[str, Any] = json.loads(path.read_bytes())
    except FileNotFoundError:
        return None
    except ValueError as error:
        raise InfrastructureError("ledger.unreadable", file=str(path), reason=str(error)) from error
    return board


def check_metric(task: Task, by: str) -> None:
    """See that a board by this metric can be made.

    Raises:
        UsageError: it is none of the task's; the message names those.
    """
    if by not in task.metrics:
        raise UsageError("board.no_metric", metric=safe_line(by, 40), task=task.id, known=", ".join(task.metrics))


def published_by(board: dict[str, Any], by: str) -> dict[str, Any]:
    """Of a published board that by one metric, in the same shape.

    Raises:
        UsageError: it was published without.
    """
    one = {name: value for name, value in board.items() if name not in {"by", "beside"}}
    if by == board["metric"]:
        return one
    if by not in board.get("by", {}):
        raise UsageError("board.not_by", task=board["task"], metric=by)
    return {**one, "metric": by, **board["by"][by]}


def computed(task: Task, records: Iterable[Record], by: str | None = None) -> dict[str, Any]:
    """The board of some of a task's records, as plain data."""
    return render.to_json(standings_of(task, records, by))


def with_costs(board: dict[str, Any], records: Sequence[Record], task: Task) -> dict[str, Any]:
    """The board with what each team's standing evaluation was charged, where this machine has the records.

    Not published: it differs from machine to machine, and a board that is made anew must be the same.
    """
    by_id = {record.id: record.usage for record in records}
    usages = {row.team: by_id[row.record] for row in standings_of(task, records, board["metric"]).rows}
    for line in board["rows"]:
        if usage := usages.get(line["team"]):
            line["cost"] = {"charged": usage.charged, "unit": usage.unit, "device_class": usage.device_class}
    return board


def with_private(task: Task, records: Iterable[Record], stages: Stages, by: str | None = None) -> dict[str, Any]:
    """The board with each row's private score and that over all rows; where a rule blunts the public one, that as well.

    The score of an exercise counts its hidden cases already: there is no other.
    Only a machine that holds the vault can tell. Each look is logged there, before anything is told.
    """
    name, board, vault = by or task.metric, standings_of(task, records, by), stages.vault
    log_view(vault.folder, at=stages.now(), task=task.id, look={"what": "leaderboard --private", "by": name})
    data = render.to_json(board)
    if task.kind == "exercise":
        return data
    for row, line in zip(board.rows, data["rows"], strict=True):
        exact = vault.scores(task.id, row.record)
        line["private"] = exact.get("private", {}).get(name)
        line["overall"] = exact.get("overall", {}).get(name)
        if task.board.feedback != "exact":
            line["exact"] = exact.get("public", {}).get(name)
    return data
