"""Read a board and show it."""

from collections.abc import Callable
from typing import Any

import click

from arena.board.render import gap, interval, ranked
from arena.cli.output import note, table
from arena.cli.session import Session
from arena.errors import UsageError
from arena.metrics.table import metrics_of
from arena.model.metric import shown
from arena.model.record import Record
from arena.model.safe_text import safe_line
from arena.model.task import Task
from arena.pipeline.boards import check_metric, computed, published, published_by, with_costs, with_private


def read_board(
    session: Session, task: Task, *, private: bool, by: str | None = None, device_class: str | None = None
) -> dict[str, Any]:
    """The published board, or that by one metric; of one device class, it is computed from the records.

    With ``private`` it is the instructor's, from records and vault.
    """
    if by is not None:
        check_metric(task, by)
    records = list(session.ledger().records(task.id))
    if device_class is not None:
        records = _of_class(records, task, device_class)
    if private:
        stages = session.stages()
        if not stages.vault.has_answers(task):
            raise UsageError("answers.none", task=task.id)
        return with_costs(with_private(task, records, stages, by), records, task)
    if device_class is not None:
        return with_costs(computed(task, records, by), records, task)
    board = published(session.workspace.leaderboard, task.id)
    if board is None:
        raise UsageError("board.none", task=task.id)
    return with_costs(board if by is None else published_by(board, by), records, task)


def _of_class(records: list[Record], task: Task, device_class: str) -> list[Record]:
    """Those that ran on the class, and those of which nothing ran. Seconds of two classes say nothing of each other."""
    ran = [record for record in records if record.usage.wall_s]
    known = sorted({record.usage.device_class for record in ran})
    if device_class not in known:
        named = ", ".join(known) or "-"
        raise UsageError("board.no_class", task=task.id, device_class=safe_line(device_class, 60), known=named)
    return [record for record in records if not record.usage.wall_s or record.usage.device_class == device_class]


def _score(value: float | None) -> str:
    return "" if value is None else shown(value)


def _cost(cost: dict[str, Any] | None) -> str:
    return f"{cost['charged']:.2f} {cost['unit']} on {cost['device_class']}" if cost and cost["charged"] else ""


def show_board(board: dict[str, Any], task: Task, *, by: str | None = None) -> None:
    """Print a board as a table, and below it the places under the metrics that stand beside."""
    click.echo(click.style(safe_line(board["title"]), bold=True))
    if board["practice"]:
        note("board.practice_exercise" if board["split"] == "cases" else "board.practice")
    rows, titles = board["rows"], {metric.name: metric.title for metric in metrics_of(task)}

    def title(name: str) -> str:
        # A board that was published under an older version of the task may name a metric that is gone.
        return titles.get(name, safe_line(name, 40))

    if not rows:
        note("board.empty")
        return
    if by is not None:
        said = "board.by_maximize" if board["direction"] == "maximize" else "board.by_minimize"
        note(said, metric=title(board["metric"]))
    extra = [name for name in ("exact", "private", "overall") if name in rows[0]]
    also = list(dict.fromkeys(name for row in rows for name in row["also"]))
    sure, costs = "compared" in board, any("cost" in row for row in rows)
    heads = ["rank", *(["ranks"] if sure else []), "team", title(board["metric"]), *(["gap"] if sure else [])]
    heads += [*extra, *map(title, also), "kind", "submissions", *(["cost"] if costs else [])]
    table(
        heads,
        [
            [
                ranked(row["rank"]),
                *([interval(row)] if sure else []),
                safe_line(row["team"], 40),
                _score(row["public"]),
                *([gap(row)] if sure else []),
                *(_score(row[name]) for name in extra),
                *(_score(row["also"].get(name)) for name in also),
                row["kind"],
                str(row["submissions"]),
                *([_cost(row.get("cost"))] if costs else []),
            ]
            for row in rows
        ],
    )
    if sure:
        note("board.how_sure", rows=board["compared"]["rows"])
        if any(row.get("few_rows") for row in rows):
            note("board.few_rows")
    show_late(board, title)
    if beside := [name for name in board.get("beside", ()) if name in board["by"]]:
        _show_places(board, beside, title)


def show_late(board: dict[str, Any], title: Callable[[str], str]) -> None:
    """Print what came after the close, where something did."""
    if late := board.get("late"):
        click.echo()
        note("board.late")
        rows = [[safe_line(row["team"], 40), _score(row["public"]), str(row["submissions"])] for row in late]
        table(["team", title(board["metric"]), "submissions"], rows)


def _show_places(board: dict[str, Any], beside: list[str], title: Callable[[str], str]) -> None:
    lists = [board["rows"], *(board["by"][name]["rows"] for name in beside)]
    ranks = [{row["team"]: str(place) for place, row in enumerate(rows, start=1)} for rows in lists]
    click.echo()
    note("board.places")
    table(
        ["team", *map(title, [board["metric"], *beside])],
        [[safe_line(row["team"], 40), *(rank.get(row["team"], "") for rank in ranks)] for row in board["rows"]],
    )
