"""Standings as CSV, Markdown and JSON. Pure: text out, the same text for the same standings.

No times and no record ids: a fresh clone that grades the same submissions publishes the same bytes.
"""

import csv
import io
import json
from collections.abc import Sequence
from typing import Any

from arena.board.standings import Standings
from arena.model.message import Message


def practice_note(board: Standings) -> Message | None:
    """What a practice task's board says about itself."""
    return None if board.sealed else Message.of("board.practice", task=board.task)


def to_json(board: Standings) -> dict[str, Any]:
    """The board as plain data; scripts rely on this shape."""
    ranking = board.metrics[0]
    return {
        "task": board.task,
        "title": board.title,
        "metric": ranking.name,
        "direction": ranking.direction,
        "split": "public",
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
    """The page: five decimals are shown, ranks are made at full precision."""
    heads = ["Rank", "Team", *(metric.title for metric in board.metrics), "Kind", "Submissions"]
    lines = [f"# {board.title}", ""]
    if practice:
        lines += [f"> {practice}", ""]
    ranking = board.metrics[0]
    better = "greater is better" if ranking.greater_is_better else "less is better"
    lines += [f"Public rows only. Ranked by {ranking.title.lower()}; {better}.", ""]
    lines += _table(
        heads,
        [
            [
                str(row.rank),
                row.team,
                *(f"{row.scores[m.name]:.5f}" if m.name in row.scores else "" for m in board.metrics),
                row.kind,
                str(row.submissions),
            ]
            for row in board.rows
        ],
    )
    return "\n".join(lines) + "\n"


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
                f"{leader['public']:.5f}" if leader else "",
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
