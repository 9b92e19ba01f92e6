"""The final board as Markdown and CSV: text from its published JSON alone, the same text for the same data."""

import csv
import io
from collections.abc import Mapping
from datetime import datetime, tzinfo
from typing import Any

from arena.board.render import gap, how_sure, interval, ranked, table_lines
from arena.model.metric import shown

Final = Mapping[str, Any]


def moved(places: int | None) -> str:
    """A shake-up for people: how many ranks a team rose (+) or fell (-)."""
    return "" if places is None else f"{places:+d}" if places else "0"


def final_heads(final: Final, title: str) -> tuple[list[str], list[list[str]]]:
    """Heads and rows of the table that people read."""
    with_points = any(row["points"] is not None for row in final["rows"])
    score = "Score" if final["split"] == "cases" else "Private"
    sure = "compared" in final
    heads = ["Rank", *(["Rank interval"] if sure else []), "Team", f"{score} {title}", *(["Gap"] if sure else [])]
    heads += [f"Public {title}", "Public rank", "Shake-up", "Medal", "Percentile"]
    rows = [
        [
            ranked(row["rank"]),
            *([interval(row)] if sure else []),
            row["team"],
            shown(row["private"]),
            *([gap(row)] if sure else []),
            shown(row["public"]),
            ranked(row["public_rank"]),
            moved(row["shake_up"]),
            row["medal"] or "",
            "" if row["percentile"] is None else f"{row['percentile']:.0f}",
            *([f"{row['points']:.1f}" if row["points"] is not None else ""] if with_points else []),
        ]
        for row in final["rows"]
    ]
    return heads + (["Points"] if with_points else []), rows


def markdown_text(final: Final, title: str, zone: tzinfo, practice: str | None) -> str:
    """The page; ``title`` is the ranking metric's."""
    closed = datetime.fromisoformat(final["closed_at"]).astimezone(zone).isoformat(sep=" ", timespec="minutes")
    early = f" Closed before its time: {final['reason']}" if final["reason"] else ""
    better = "greater is better" if final["direction"] == "maximize" else "less is better"
    rows = "all cases" if final["split"] == "cases" else "the private rows"
    lines = [f"# {final['title']}: final board", ""]
    if practice:
        lines += [f"> {practice}", ""]
    lines += [f"Closed at {closed}.{early}", "", f"Ranked by {title} on {rows}; {better}.", ""]
    lines += table_lines(*final_heads(final, title))
    lines += ["", "Shake-up: how many ranks a team rose (+) or fell (-) from the public board to this one."]
    if "compared" in final:
        few = any(row.get("few_rows") for row in final["rows"])
        lines += ["", how_sure(final["compared"]["rows"], few=few)]
    return "\n".join(lines) + "\n"


def csv_text(final: Final) -> str:
    """Every score at full precision. What a team has not is empty; team ids are slugs, so no cell is a formula."""
    names = [final["metric"], *(final["rows"][0]["also"] if final["rows"] else ())]
    splits = ("private", "public")
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    heads = ["rank", "team", *(f"{split}_{name}" for split in splits for name in names), "public_rank", "shake_up"]
    ends = ["rank_low", "rank_high", "gap_low", "gap_high"] if "compared" in final else []
    writer.writerow([*heads, "medal", "percentile", "points", "kind", "submissions", *ends])
    for row in final["rows"]:
        both = {final["metric"]: row, **row["also"]}
        scores = [repr(both[name][split]) if name in both else "" for split in splits for name in names]
        ranks, behind = row.get("rank_interval") or {}, row.get("gap") or {}
        sure = [ranks.get("best"), ranks.get("worst"), behind.get("low"), behind.get("high")]
        writer.writerow(
            [row["rank"], row["team"], *scores]
            + [row[key] for key in ("public_rank", "shake_up", "medal", "percentile", "points", "kind", "submissions")]
            + (sure if ends else [])
        )
    return out.getvalue()
