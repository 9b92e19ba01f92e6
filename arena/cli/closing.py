"""What `arena task close` does, and how a final board looks on a terminal."""

from collections.abc import Mapping
from typing import Any

import click

from arena.board.final_render import final_heads
from arena.cli.output import note, table, words
from arena.cli.session import Session
from arena.errors import UsageError
from arena.intake.shelf import entries
from arena.metrics.table import metrics_of
from arena.model.safe_text import safe_line
from arena.model.task import Task
from arena.pipeline.closing import close
from arena.worker import waiting

_HEADS = {
    "Rank": "column.rank",
    "Rank interval": "column.ranks",
    "Gap": "column.gap",
    "Team": "column.team",
    "Public rank": "column.public_rank",
    "Shake-up": "column.shake_up",
    "Medal": "column.medal",
    "Percentile": "column.percentile",
    "Points": "column.points",
}


def close_task(session: Session, task: Task, reason: str | None) -> Mapping[str, Any]:
    """Close a task; tell what was done on standard error."""
    stages, workspace = session.stages(), session.workspace
    if reason is not None and not (reason := safe_line(reason.strip(), 200)):
        raise UsageError("close.no_reason")
    closed = close(task, stages, folder=workspace.leaderboard, shelf=workspace.submissions, reason=reason)
    note("close.done" if closed.is_new else "close.same", task=task.id)
    if count := waiting(entries(workspace.submissions), task, stages):
        note("close.waiting", count=count, task=task.id)
    return closed.final


def show_final(final: Mapping[str, Any], task: Task) -> None:
    """Print a final board as a table."""
    # A task that was changed since may have another metric.
    titles = {metric.name: metric.title for metric in metrics_of(task)}
    title = titles.get(final["metric"], safe_line(final["metric"], 40))
    click.echo(click.style(safe_line(final["title"]), bold=True))
    if final["practice"]:
        note("board.practice_exercise" if final["split"] == "cases" else "board.practice")
    note("board.final", at=final["closed_at"])
    heads, rows = final_heads(final, title)
    # The page's heads are English, as all that is published; here stands the language of who looks.
    said = {**_HEADS, f"Private {title}": "column.private_by", f"Public {title}": "column.public_by"}
    said[f"Score {title}"] = "column.score_by"
    table([words(said[head], metric=title) if head in said else head for head in heads], rows)
