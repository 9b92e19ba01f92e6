"""Read a board and show it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import click

from arena.board.final_file import read_final
from arena.board.render import gap, interval, ranked
from arena.cli.output import note, print_json, table, words
from arena.cli.session import Session
from arena.errors import UsageError
from arena.metrics.table import metrics_of
from arena.model.metric import shown
from arena.model.record import Record
from arena.model.safe_text import safe_line
from arena.model.task import Task
from arena.pipeline.boards import check_metric, computed, published, published_by, with_costs, with_private

# Columns by their names in the JSON, with the messages that stand at their heads.
_HEADS = {
    "rank": "column.rank",
    "ranks": "column.ranks",
    "team": "column.team",
    "gap": "column.gap",
    "exact": "column.exact",
    "private": "column.private",
    "overall": "column.overall",
    "kind": "column.kind",
    "submissions": "column.submissions",
    "cost": "column.cost",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Which board somebody wants to see."""

    session: Session
    task: str
    by: str | None = None
    private: bool = False
    device_class: str | None = None

    def show(self, *, as_json: bool = False) -> None:
        """Print it as it is now: the public one, and of a closed task the final one unless an option wants another."""
        task = self.session.task(self.task)
        if not (self.by or self.private or self.device_class) and (
            final := read_final(self.session.workspace.leaderboard, task.id)
        ):
            from arena.cli.closing import show_final

            print_json(final) if as_json else show_final(final, task)
            return
        board = read_board(self.session, task, private=self.private, by=self.by, device_class=self.device_class)
        print_json(board) if as_json else show_board(board, task, by=self.by)


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
        records = of_class(records, task, device_class)
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


def of_class(records: list[Record], task: Task, device_class: str) -> list[Record]:
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
    if not cost or not cost["charged"]:
        return ""
    charged = f"{cost['charged']:.2f}"
    return words("board.cost", charged=charged, unit=cost["unit"], device_class=cost["device_class"])


def _heads(*names: str) -> list[str]:
    return [words(_HEADS[name]) for name in names]


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
    heads = [*_heads("rank", *(["ranks"] if sure else []), "team"), title(board["metric"])]
    heads += [*_heads(*(["gap"] if sure else []), *extra), *map(title, also)]
    heads += _heads("kind", "submissions", *(["cost"] if costs else []))
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
        table([*_heads("team"), title(board["metric"]), *_heads("submissions")], rows)


def _show_places(board: dict[str, Any], beside: list[str], title: Callable[[str], str]) -> None:
    lists = [board["rows"], *(board["by"][name]["rows"] for name in beside)]
    ranks = [{row["team"]: str(place) for place, row in enumerate(rows, start=1)} for rows in lists]
    click.echo()
    note("board.places")
    table(
        [*_heads("team"), *map(title, [board["metric"], *beside])],
        [[safe_line(row["team"], 40), *(rank.get(row["team"], "") for rank in ranks)] for row in board["rows"]],
    )
