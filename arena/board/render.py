"""Standings as CSV, Markdown and JSON. Pure: text out, the same text for the same standings.

No times and no record ids: a fresh clone that grades the same submissions publishes the same bytes.
"""

import csv
import io
import json
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from json.encoder import encode_basestring
from typing import Any

from arena.board import confusion
from arena.board.compared import Compared
from arena.board.row_texts import RowTexts
from arena.board.standings import Row, Standings
from arena.model.message import Message
from arena.model.metric import Metric, Needs, shown

# How sure intervals are; ``intervals`` says how they come to be so.
CONFIDENCE = 0.95
_WORDS = {None: "null", True: "true", False: "false"}


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
        **_compared_json(board),
        "rows": [_row_json(row, ranking.name) for row in board.rows],
    }
    if board.late:
        data["late"] = [_row_json(row, ranking.name) for row in board.late]
    if board.others:
        data["by"] = {}
        for other in board.others:
            ranked = to_json(other)
            told = ("direction", "compared", "rows")
            data["by"][ranked["metric"]] = {name: ranked[name] for name in told if name in ranked}
        data["beside"] = list(board.beside)
    return data


def _compared_json(board: Standings) -> dict[str, Any]:
    return {"compared": {"rows": board.compared_rows, "confidence": CONFIDENCE}} if board.compared_rows else {}


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
        **interval_json(row.compared),
    }


def interval_json(found: Compared | None) -> dict[str, Any]:
    """What was found of a row's record, as plain data; nothing where it was not compared."""
    if found is None:
        return {}
    gap = None if found.gap_low is None else {"low": found.gap_low, "high": found.gap_high}
    ranks = {"best": found.rank_low, "worst": found.rank_high}
    return {"rank_interval": ranks, "gap": gap, "few_rows": found.few_rows}


def json_text(board: Standings, texts: RowTexts | None = None) -> str:
    """The JSON file: ``to_json`` with an indent of one."""
    texts = texts or RowTexts()
    bare = to_json(replace(board, rows=(), late=(), others=()))
    members = {name: _json(value) for name, value in bare.items() if name != "rows"}
    members["rows"] = _json_rows(board, board.rows, 1, texts, "rows")
    if board.late:
        members["late"] = _json_rows(board, board.late, 1, texts, "late")
    if board.others:
        by = {
            other.metrics[0].name: _members(
                {
                    "direction": _json(other.metrics[0].direction),
                    **{name: _json_members(value, 4) for name, value in _compared_json(other).items()},
                    "rows": _json_rows(other, other.rows, 3, texts, "rows"),
                },
                3,
            )
            for other in board.others
        }
        members["by"] = _members(by, 2)
        members["beside"] = _json(list(board.beside)).replace("\n", "\n ")
    return _members(members, 1) + "\n"


def _json(value: object) -> str:
    return json.dumps(value, indent=1, ensure_ascii=False)


def _members(members: Mapping[str, str], depth: int) -> str:
    pad = " " * depth
    inside = ",\n".join([f"{pad}{encode_basestring(name)}: {text}" for name, text in members.items()])
    return f"{{\n{inside}\n{pad[1:]}}}"


def _json_members(plain: Mapping[str, Any], depth: int) -> str:
    """As ``_json``, of a table of texts, numbers and such tables: the encoder would take thrice as long."""
    if not plain:
        return "{}"
    return _members({name: _json_value(value, depth) for name, value in plain.items()}, depth)


def _json_value(value: Any, depth: int) -> str:  # noqa: ANN401 - whatever a row holds
    if isinstance(value, str):
        return encode_basestring(value)
    if isinstance(value, dict):
        return _json_members(value, depth + 1)
    return _WORDS[value] if value is None or isinstance(value, bool) else repr(value)


def _json_rows(board: Standings, rows: Sequence[Row], depth: int, texts: RowTexts, name: str) -> str:
    if not rows:
        return "[]"
    ranking, pad = board.metrics[0].name, " " * depth

    def one(row: Row) -> str:
        return f" {pad}{_json_members(_row_json(row, ranking), depth + 2)}"

    return "[\n" + ",\n".join(texts.of(("json", ranking, name, depth), rows, one)) + f"\n{pad}]"


def csv_text(board: Standings, texts: RowTexts | None = None) -> str:
    """The CSV file, scores at full precision. Team ids are slugs, so no cell can be read as a formula.

    A baseline's rank is empty; what came late is not in it.
    """
    names = [metric.name for metric in board.metrics]
    with_points = any(row.points is not None for row in board.rows)
    heads = ["rank", "team", *names, "kind", "submissions", *(["points"] if with_points else [])]
    heads += ["rank_low", "rank_high", "gap_low", "gap_high"] if board.compared_rows else []

    def one(row: Row) -> str:
        scores = [repr(row.scores[name]) if name in row.scores else "" for name in names]
        cells = [row.rank, row.team, *scores, row.kind, row.submissions, *([row.points] if with_points else [])]
        found = row.compared
        ends = [found.rank_low, found.rank_high, found.gap_low, found.gap_high] if found else [None] * 4
        return _csv([*cells, *(ends if board.compared_rows else [])])

    way = ("csv", *names, with_points, bool(board.compared_rows))
    return _csv(heads) + "".join((texts or RowTexts()).of(way, board.rows, one))


def _csv(cells: Sequence[object]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerow(cells)
    return out.getvalue()


def markdown_text(board: Standings, practice: str | None, texts: RowTexts | None = None) -> str:
    """The page: scores are shown rounded, ranks are made at full precision."""
    texts = texts or RowTexts()
    lines = [f"# {board.title}", ""]
    if practice:
        lines += [f"> {practice}", ""]
    counted = "All cases, hidden ones included." if _is_exercise(board) else "Public rows only."
    lines += [f"{counted} {_ranking(board)}", "", *_rows(board.rows, board.metrics, texts, "rows")]
    lines += [*_how_sure(board), *_mistakes(board)]
    if board.late:
        lines += ["", "## Late", "", "Received after the close: graded, and not ranked.", ""]
        lines += _rows(board.late, board.metrics, texts, "late")
    beside = [other for other in board.others if other.metrics[0].name in board.beside]
    if beside:
        lines += ["", "## Places side by side", "", "Where each team stands under each metric, baselines counted.", ""]
        lines += _places([board, *beside])
    for other in beside:
        lines += ["", f"## By {other.metrics[0].title}", "", _ranking(other), ""]
        lines += [*_rows(other.rows, other.metrics, texts, "rows"), *_how_sure(other)]
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


def interval(row: Mapping[str, Any]) -> str:
    """Which ranks a team could have, for people, of a row as plain data."""
    if (ranks := row.get("rank_interval")) is None:
        return ""
    best, worst = ranks["best"], ranks["worst"]
    return str(best) if best == worst else f"{best}–{worst}"


def gap(row: Mapping[str, Any]) -> str:
    """How far a team is behind the leader, for people; with a star where few rows decide."""
    if (ends := row.get("gap")) is None:
        return ""
    low, high = ends["low"], ends["high"]
    return f"{low:g}" if low == high else f"[{low:g}, {high:g}]{'*' if row['few_rows'] else ''}"


def how_sure(rows: int, *, few: bool) -> str:
    """What intervals on a board mean; ``few`` is whether one has a star."""
    told = (
        f"Rank interval: the ranks that a team could have, from all pairs of teams on {rows} rows, at "
        f"{CONFIDENCE:.0%}. Gap: how far behind the leader; an interval that holds 0 tells nothing apart."
    )
    return told + (" *: few rows, with errors unlike all others, decide it; do not rely on it." if few else "")


def _how_sure(board: Standings) -> list[str]:
    if not board.compared_rows:
        return []
    few = any(row.compared is not None and row.compared.few_rows for row in board.rows)
    return ["", how_sure(board.compared_rows, few=few)]


def _ranking(board: Standings) -> str:
    ranking = board.metrics[0]
    better = "greater is better" if ranking.greater_is_better else "less is better"
    return f"Ranked by {ranking.title}; {better}."


def _rows(rows: Sequence[Row], metrics: Sequence[Metric], texts: RowTexts, name: str) -> list[str]:
    with_points = any(row.points is not None for row in rows)
    with_intervals = any(row.compared is not None for row in rows)
    heads = ["Rank", *(["Rank interval"] if with_intervals else []), "Team", *(metric.title for metric in metrics)]
    heads += [*(["Gap"] if with_intervals else []), "Kind", "Submissions", *(["Points"] if with_points else [])]

    def one(row: Row) -> str:
        return table_line(
            [
                ranked(row.rank),
                *([interval(interval_json(row.compared))] if with_intervals else []),
                row.team,
                *(shown(row.scores[m.name]) if m.name in row.scores else "" for m in metrics),
                *([gap(interval_json(row.compared))] if with_intervals else []),
                row.kind,
                str(row.submissions),
                *([f"{row.points:.1f}" if row.points is not None else ""] if with_points else []),
            ]
        )

    way = ("markdown", *(metric.title for metric in metrics), with_points, with_intervals, name)
    return [*table_lines(heads, []), *texts.of(way, rows, one)]


def _places(boards: Sequence[Standings]) -> list[str]:
    """A line for each team of the first board, with its place on each; baselines have places, though no rank."""
    ranks = [{row.team: str(place) for place, row in enumerate(board.rows, start=1)} for board in boards]
    lines = [[row.team, *(rank.get(row.team, "") for rank in ranks)] for row in boards[0].rows]
    return table_lines(["Team", *(board.metrics[0].title for board in boards)], lines)


def summary(board: Standings) -> dict[str, Any]:
    """Of ``to_json`` what the index tells, without what it need not build for that."""
    name = board.metrics[0].name
    rows = [{"rank": row.rank, "team": row.team, "public": row.scores[name]} for row in board.rows]
    return {"task": board.task, "title": board.title, "metric": name, "closed": board.closed, "rows": rows}


# What may lie beside a board's page: its name in the index, and the end of the file's name.
BESIDE = (
    *(
        ("csv", ".csv"),
        ("json", ".json"),
        ("comparisons", ".comparisons.json"),
        ("mistakes", ".confusion.svg"),
        ("time", ".time.svg"),
        ("cost", ".cost.svg"),
    ),
    *(("final", ".final.md"), ("final csv", ".final.csv"), ("final json", ".final.json")),
)


def index_text(boards: Sequence[dict[str, Any]], files: Collection[str]) -> str:
    """``leaderboard/README.md``: one line for each published board, with links to those of ``files`` that are its."""
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
                ", ".join(f"[{said}]({task}{end})" for said, end in BESIDE if f"{task}{end}" in files),
            ]
        )
    heads = ["Task", "Metric", "Leader", "Public score", "Teams", "Files"]
    return "\n".join(["# Leaderboards", "", *table_lines(heads, rows)]) + "\n"


def table_lines(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """A table in Markdown."""
    return [table_line(heads), table_line(["---"] * len(heads)), *map(table_line, rows)]


def table_line(cells: Sequence[str]) -> str:
    """A line of such a table."""
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
