"""Read a board and show it."""

from typing import Any

import click

from arena.board.ledger import FileLedger
from arena.cli.output import note, table
from arena.cli.session import Session
from arena.errors import UsageError
from arena.metrics.table import METRICS
from arena.model.safe_text import safe_line
from arena.model.task import Task
from arena.pipeline.boards import published, with_costs, with_private


def read_board(session: Session, task: Task, *, private: bool) -> dict[str, Any]:
    """The published board; with ``private`` the instructor's, from records and vault."""
    if private:
        stages = session.stages()
        if not stages.vault.has_answers(task):
            raise UsageError("answers.none", task=task.id)
        return with_private(task, stages)
    board = published(session.workspace.leaderboard, task.id)
    if board is None:
        raise UsageError("board.none", task=task.id)
    return with_costs(board, FileLedger(session.workspace.leaderboard / "records"), task)


def _score(value: float | None) -> str:
    return "" if value is None else f"{value:.5f}"


def _cost(cost: dict[str, Any] | None) -> str:
    return f"{cost['charged']:.2f} {cost['unit']} on {cost['device_class']}" if cost and cost["charged"] else ""


def show_board(board: dict[str, Any]) -> None:
    """Print a board as a table."""
    click.echo(click.style(safe_line(board["title"]), bold=True))
    if board["practice"]:
        note("board.practice")
    rows = board["rows"]
    if not rows:
        note("board.empty")
        return
    extra = [name for name in ("private", "overall") if name in rows[0]]
    also = list(dict.fromkeys(name for row in rows for name in row["also"]))
    heads = ["rank", "team", METRICS[board["metric"]].title, *extra]
    heads += [*(METRICS[name].title if name in METRICS else name for name in also), "kind", "submissions"]
    costs = any("cost" in row for row in rows)
    heads += ["cost"] if costs else []
    table(
        heads,
        [
            [
                str(row["rank"]),
                safe_line(row["team"], 40),
                _score(row["public"]),
                *(_score(row[name]) for name in extra),
                *(_score(row["also"].get(name)) for name in also),
                row["kind"],
                str(row["submissions"]),
                *([_cost(row.get("cost"))] if costs else []),
            ]
            for row in rows
        ],
    )
