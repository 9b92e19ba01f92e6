"""Standings as CSV, Markdown and JSON. Pure: text out, the same text for the same standings.

No times and no record ids: a fresh clone that grades the same submissions publishes the same bytes.
"""

import csv
import io
import json
import re
from collections.abc import Sequence
from typing import Any

from arena.board import confusion
from arena.board.standings import Row, Standings
from arena.model.message import Message
from arena.model.metric import Metric, Needs, shown


def practice_note(board: Standings) -> Message | None:
    """What a practice task's board says about itself."""
    if board.sealed:
        return None
    return Message.of("board.practice_exercise" if _is_exercise(board) else "board.practice", task=board.task)


def _is_exercise(board: Standings) -> bool:
    return board.metrics[0].needs is Needs.CASES


def to_json(board: Standings) -> dict[str, Any]:
    """The board as plain data; scripts rely on this shape.

    ``by`` holds the boards by the other metrics, ``beside`` those of them that people are shown unasked.
    """
    ranking = board.metrics[0]
    data: dict[str, Any] = {
        "task": board.task,
        "title": board.title,
        "metric": ranking.name,
        "direction": ranking.direction,
        "split": "cases" if _is_exercise(board) else "public",
        "practice": not board.sealed,
        "closed": board.closed,
        "rows": [_row_json(row, ranking.name) for row in board.rows],
    }
    if board.late:
        data["late"] = [_row_json(row, ranking.name) for row in board.late]
    if board.others:
        data["by"] = {}
        for other in board.others:
            ranked = to_json(other)
            data["by"][ranked["metric"]] = {"direction": ranked["direction"], "rows": ranked["rows"]}
        data["beside"] = list(board.beside)
    return data


def _row_json(row: Row, ranking: str) -> dict[str, Any]:
    """A row as plain data; what it has not is left out."""
    awards = {"percentile": row.percentile, "points": row.points}
    return {
        "rank": row.rank,
        "team": row.team,
        "public": row.scores[ranking],
        "also": {name: score for name, score in row.scores.items() if name != ranking},
        "kind": row.kind,
        "submissions": row.submissions,
        **{name: value for name, value in awards.items() if value is not None},
    }


def json_text(board: Standings) -> str:
    """The JSON file."""
    return json.dumps(to_json(board), indent=1, ensure_ascii=False) + "\n"


def csv_text(board: Standings) -> str:
    """The CSV file, scores at full precision. Team ids are slugs, so no cell can be read as a formula.

    A baseline's rank is empty; what came late is not in it.
    """
    names = [metric.name for metric in board.metrics]
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    with_points = any(row.points is not None for row in board.rows)
    writer.writerow(["rank", "team", *names, "kind", "submissions", *(["points"] if with_points else [])])
    for row in board.rows:
        scores = [repr(row.scores[name]) if name in row.scores else "" for name in names]
        points = [row.points] if with_points else []
        writer.writerow([row.rank, row.team, *scores, row.kind, row.submissions, *points])
    return out.getvalue()


def markdown_text(board: Standings, practice: str | None) -> str:
    """The page: scores are shown rounded, ranks are made at full precision."""
    lines = [f"# {board.title}", ""]
    if practice:
        lines += [f"> {practice}", ""]
    counted = "All cases, hidden ones included." if _is_exercise(board) else "Public rows only."
    lines += [f"{counted} {_ranking(board)}", "", *_rows(board.rows, board.metrics), *_mistakes(board)]
    if board.late:
        lines += ["", "## Late", "", "Received after the close: graded, and not ranked.", ""]
        lines += _rows(board.late, board.metrics)
    beside = [other for other in board.others if other.metrics[0].name in board.beside]
    if beside:
        lines += ["", "## Places side by side", "", "Where each team stands under each metric, baselines counted.", ""]
        lines += _places([board, *beside])
    for other in beside:
        lines += ["", f"## By {other.metrics[0].title}", "", _ranking(other), "", *_rows(other.rows, other.metrics)]
    return "\n".join(lines) + "\n"


def picture(board: Standings) -> str | None:
    """What the leader took for what on the public rows, as SVG, where the board's records tell."""
    leader = _leader(board)
    if leader is None:
        return None
    return confusion.svg(leader.confusion, board.labels, f"{board.title}: what {leader.team} took for what")


def picture_name(board: Standings) -> str:
    """The picture's file, beside the board."""
    return f"{board.task}.confusion.svg"


def _leader(board: Standings) -> Row | None:
    # Where nobody competes yet, the best baseline.
    leader = next((row for row in board.rows if row.rank is not None), board.rows[0] if board.rows else None)
    return leader if leader and board.labels and len(leader.confusion) == len(board.labels) else None


def _mistakes(board: Standings) -> list[str]:
    if not (leader := _leader(board)):
        return []
    alt = re.sub(r"([\[\]\\])", r"\\\1", confusion.alt_text(leader.confusion, board.labels))
    told = f"What {leader.team} took for what, on the public rows."
    return ["", "## Where the leader errs", "", told, "", f"![{alt}]({picture_name(board)})"]


def ranked(rank: int | None) -> str:
    """A rank for people; a baseline has none."""
    return "-" if rank is None else str(rank)


def _ranking(board: Standings) -> str:
    ranking = board.metrics[0]
    better = "greater is better" if ranking.greater_is_better else "less is better"
    return f"Ranked by {ranking.title}; {better}."


def _rows(rows: Sequence[Row], metrics: Sequence[Metric]) -> list[str]:
    with_points = any(row.points is not None for row in rows)
    heads = ["Rank", "Team", *(metric.title for metric in metrics), "Kind", "Submissions"]
    heads += ["Points"] if with_points else []
    return table_lines(
        heads,
        [
            [
                ranked(row.rank),
                row.team,
                *(shown(row.scores[m.name]) if m.name in row.scores else "" for m in metrics),
                row.kind,
                str(row.submissions),
                *([f"{row.points:.1f}" if row.points is not None else ""] if with_points else []),
            ]
            for row in rows
        ],
    )


def _places(boards: Sequence[Standings]) -> list[str]:
    """A line for each team of the first board, with its place on each; baselines have places, though no rank."""
    ranks = [{row.team: str(place) for place, row in enumerate(board.rows, start=1)} for board in boards]
    lines = [[row.team, *(rank.get(row.team, "") for rank in ranks)] for row in boards[0].rows]
    return table_lines(["Team", *(board.metrics[0].title for board in boards)], lines)


def index_text(boards: Sequence[dict[str, Any]]) -> str:
    """``leaderboard/README.md``: one line for each published board."""
    rows = []
    for board in boards:
        task, competing = board["task"], [row for row in board["rows"] if row["rank"] is not None]
        leader = next(iter(competing or board["rows"]), None)
        rows.append(
            [
                f"[{board['title']}]({task}.md)",
                board["metric"],
                leader["team"] if leader else "",
                shown(leader["public"]) if leader else "",
                str(len(competing)),
                f"[csv]({task}.csv), [json]({task}.json)" + (f", [final]({task}.final.md)" if board["closed"] else ""),
            ]
        )
    heads = ["Task", "Metric", "Leader", "Public score", "Teams", "Files"]
    return "\n".join(["# Leaderboards", "", *table_lines(heads, rows)]) + "\n"


def table_lines(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """A table in Markdown."""

    def line(cells: Sequence[str]) -> str:
        return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"

    return [line(heads), line(["---"] * len(heads)), *(line(row) for row in rows)]
