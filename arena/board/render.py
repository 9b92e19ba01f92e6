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
from arena.model.metric import Needs, shown


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
        "closed": False,
        "rows": [
            {
                "rank": row.rank,
                "team": row.team,
                "public": row.scores[ranking.name],
                "also": {name: score for name, score in row.scores.items() if name != ranking.name},
                "kind": row.kind,
                "submissions": row.submissions,
            }
            for row in board.rows
        ],
    }
    if board.others:
        data["by"] = {}
        for other in board.others:
            ranked = to_json(other)
            data["by"][ranked["metric"]] = {"direction": ranked["direction"], "rows": ranked["rows"]}
        data["beside"] = list(board.beside)
    return data


def json_text(board: Standings) -> str:
    """The JSON file."""
    return json.dumps(to_json(board), indent=1, ensure_ascii=False) + "\n"


def csv_text(board: Standings) -> str:
    """The CSV file, scores at full precision. Team ids are slugs, so no cell can be read as a formula."""
    names = [metric.name for metric in board.metrics]
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["rank", "team", *names, "kind", "submissions"])
    for row in board.rows:
        scores = [repr(row.scores[name]) if name in row.scores else "" for name in names]
        writer.writerow([row.rank, row.team, *scores, row.kind, row.submissions])
    return out.getvalue()


def markdown_text(board: Standings, practice: str | None) -> str:
    """The page: scores are shown rounded, ranks are made at full precision."""
    lines = [f"# {board.title}", ""]
    if practice:
        lines += [f"> {practice}", ""]
    counted = "All cases, hidden ones included." if _is_exercise(board) else "Public rows only."
    lines += [f"{counted} {_ranking(board)}", "", *_rows(board), *_mistakes(board)]
    beside = [other for other in board.others if other.metrics[0].name in board.beside]
    if beside:
        lines += ["", "## Places side by side", "", "Where each team stands under each metric.", ""]
        lines += _places([board, *beside])
    for other in beside:
        lines += ["", f"## By {other.metrics[0].title}", "", _ranking(other), "", *_rows(other)]
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
    leader = board.rows[0] if board.rows else None
    return leader if leader and board.labels and len(leader.confusion) == len(board.labels) else None


def _mistakes(board: Standings) -> list[str]:
    if not (leader := _leader(board)):
        return []
    alt = re.sub(r"([\[\]\\])", r"\\\1", confusion.alt_text(leader.confusion, board.labels))
    told = f"What {leader.team} took for what, on the public rows."
    return ["", "## Where the leader errs", "", told, "", f"![{alt}]({picture_name(board)})"]


def _ranking(board: Standings) -> str:
    ranking = board.metrics[0]
    better = "greater is better" if ranking.greater_is_better else "less is better"
    return f"Ranked by {ranking.title}; {better}."


def _rows(board: Standings) -> list[str]:
    heads = ["Rank", "Team", *(metric.title for metric in board.metrics), "Kind", "Submissions"]
    return _table(
        heads,
        [
            [
                str(row.rank),
                row.team,
                *(shown(row.scores[m.name]) if m.name in row.scores else "" for m in board.metrics),
                row.kind,
                str(row.submissions),
            ]
            for row in board.rows
        ],
    )


def _places(boards: Sequence[Standings]) -> list[str]:
    """A line for each team of the first board, with its place on each."""
    ranks = [{row.team: str(row.rank) for row in board.rows} for board in boards]
    lines = [[row.team, *(rank.get(row.team, "") for rank in ranks)] for row in boards[0].rows]
    return _table(["Team", *(board.metrics[0].title for board in boards)], lines)


def index_text(boards: Sequence[dict[str, Any]]) -> str:
    """``leaderboard/README.md``: one line for each published board."""
    rows = []
    for board in boards:
        task, leader = board["task"], board["rows"][0] if board["rows"] else None
        rows.append(
            [
                f"[{board['title']}]({task}.md)",
                board["metric"],
                leader["team"] if leader else "",
                shown(leader["public"]) if leader else "",
                str(len(board["rows"])),
                f"[csv]({task}.csv), [json]({task}.json)",
            ]
        )
    heads = ["Task", "Metric", "Leader", "Public score", "Teams", "Files"]
    return "\n".join(["# Leaderboards", "", *_table(heads, rows)]) + "\n"


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    def line(cells: Sequence[str]) -> str:
        return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"

    return [line(heads), line(["---"] * len(heads)), *(line(row) for row in rows)]
