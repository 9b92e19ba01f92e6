"""Close a task: reveal what the vault holds of it, and publish the private board.

``<task>.final.json`` is the close. It is created once and never changed; the other files follow from it alone. Killed
before it is there, nothing is closed; killed after it, the next call writes what is missing. Closing again holds the
file against records and vault, and changes nothing.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from filelock import FileLock

from arena.board import final_render
from arena.board.final import SHORT, Closing, final_board, scored_records
from arena.board.final_file import FINAL, SUFFIX, final_path, read_final
from arena.board.render import interval_json
from arena.errors import DeniedError, InfrastructureError, TaskError, UsageError
from arena.files import create_once, write_atomic
from arena.intake.picks import read_picks
from arena.metrics.table import metrics_of
from arena.model.message import Message
from arena.model.record import Record
from arena.model.task import Task
from arena.pipeline.boards import publish_locked
from arena.pipeline.comparing import of_final
from arena.pipeline.stages import Stages
from arena.text.render import render as words

# How a message names records, and how many.
_DIGITS, _MOST = 12, 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Closed:
    """What closing did: the final board, and whether this call made it."""

    final: Mapping[str, Any]
    is_new: bool


def close(task: Task, stages: Stages, *, folder: Path, shelf: Path, reason: str | None) -> Closed:
    """Publish the private board in ``folder``; ``reason`` says why before its time.

    Raises:
        DeniedError: it is too early, and no reason is given.
        UsageError: the task never closes by itself, and no reason is given; or nothing was scored.
        TaskError: the vault lacks scores, or they are not those of the records.
        InfrastructureError: it was closed before, and records or vault have changed since.
    """
    if not stages.vault.has_answers(task):
        raise TaskError("answers.none", task=task.id)
    folder.mkdir(parents=True, exist_ok=True)
    path = final_path(folder, task.id)
    with FileLock(stages.state / "publish.lock"):
        kept = read_final(folder, task.id)
        closing = _closing(task, stages, shelf, reason) if kept is None else _kept_closing(kept, stages, task)
        closed = replace(task, board=replace(task.board, closes=_end(task, closing)))
        final = _verified(closed, stages, closing)
        final |= _compared(final, task, stages) if kept is None else _compared_before(final, kept)
        final["signature"] = stages.seal(FINAL, final)
        is_new = kept is None and create_once(path, json.dumps(final, indent=1, ensure_ascii=False).encode() + b"\n")
        if kept is not None and {**final, "signature": None} != {**kept, "signature": None}:
            raise InfrastructureError("close.changed", task=task.id, file=str(path), teams=_differing(final, kept))
        _write(final, closed, stages, folder)
        publish_locked([closed], stages, folder)
    return Closed(final=final, is_new=is_new)


def _end(task: Task, closing: Closing) -> datetime:
    return min(closing.closed_at, task.board.closes or closing.closed_at)


def _closing(task: Task, stages: Stages, shelf: Path, reason: str | None) -> Closing:
    """The close that begins now."""
    now, closes = stages.now(), task.board.closes
    if reason is None and closes is None:
        raise UsageError("close.no_time", task=task.id)
    if reason is None and closes is not None and now <= closes:
        shown = closes.astimezone(stages.zone).isoformat(sep=" ", timespec="minutes")
        raise DeniedError("close.too_early", task=task.id, closes=shown)
    early = closes is None or now <= closes
    return Closing(
        closed_at=now if early or closes is None else closes,
        reason=reason if early else None,
        picks=read_picks(shelf, task.id),
    )


def _kept_closing(kept: Mapping[str, Any], stages: Stages, task: Task) -> Closing:
    """The close that was, with the picks that counted then."""
    digests = {
        record.submission_digest[:SHORT]: record.submission_digest for record in stages.board_ledger.records(task.id)
    }
    picks = {
        row["team"]: tuple(digests.get(name, name) for name in row["picks"]) for row in kept["rows"] if row["selected"]
    }
    return Closing(closed_at=datetime.fromisoformat(kept["closed_at"]), reason=kept["reason"], picks=picks)


def _verified(task: Task, stages: Stages, closing: Closing) -> dict[str, Any]:
    """The final board, after records were held against the vault."""
    metrics = metrics_of(task)
    records = list(stages.board_ledger.records(task.id))
    scored = scored_records(records, task, metrics[0])
    if not scored:
        raise UsageError("close.nothing", task=task.id)
    exact = {record.id: stages.vault.scores(task.id, record.id) for record in scored}
    if lacking := [record for record in scored if not exact[record.id]]:
        raise TaskError("close.no_scores", task=task.id, count=len(lacking), records=_named(lacking))
    if task.board.feedback == "exact" and (
        altered := [record for record in scored if dict(record.feedback) != exact[record.id]["public"]]
    ):
        raise TaskError("close.altered", task=task.id, count=len(altered), records=_named(altered))
    # As the file has it, so that what is kept and what is computed can be compared.
    final: dict[str, Any] = json.loads(json.dumps(final_board(records, task, metrics, exact, closing)))
    return final


def _compared(final: Mapping[str, Any], task: Task, stages: Stages) -> dict[str, Any]:
    """The rows with rank intervals on the private rows, and on how many of those."""
    found = of_final(final["rows"], task, metrics_of(task)[0], stages.vault)
    rows = [{**row, **interval_json(found.of(row["record"]) if found else None)} for row in final["rows"]]
    return {"rows": rows, **({"compared": {"rows": found.rows, "confidence": found.confidence}} if found else {})}


def _compared_before(final: Mapping[str, Any], kept: Mapping[str, Any]) -> dict[str, Any]:
    """The rows with the intervals that they were published with: other machines round in other ways."""
    known = {row["record"]: row for row in kept["rows"]}
    told = ("rank_interval", "gap", "few_rows")
    rows = [
        {**row, **{name: known[row["record"]][name] for name in told if name in known.get(row["record"], ())}}
        for row in final["rows"]
    ]
    return {"rows": rows, **({"compared": kept["compared"]} if "compared" in kept else {})}


def _named(records: Sequence[Record]) -> str:
    return ", ".join([*(record.id[:_DIGITS] for record in records[:_MOST]), *(["…"] if len(records) > _MOST else [])])


def _differing(final: Mapping[str, Any], kept: Mapping[str, Any]) -> str:
    """The teams whose rows or submissions are others now."""
    found = set()
    for part in ("rows", "submissions"):
        for one, other in ((final, kept), (kept, final)):
            found |= {row["team"] for row in one[part] if row not in other[part]}
    return ", ".join(sorted(found)) or "-"


def _write(final: Mapping[str, Any], task: Task, stages: Stages, folder: Path) -> None:
    title = metrics_of(task)[0].title
    note = "board.practice_exercise" if final["split"] == "cases" else "board.practice"
    practice = words(Message.of(note, task=task.id), "en") if final["practice"] else None
    page = final_render.markdown_text(final, title, stages.zone, practice)
    write_atomic(folder / f"{task.id}{SUFFIX}.md", page.encode())
    write_atomic(folder / f"{task.id}{SUFFIX}.csv", final_render.csv_text(final).encode())
