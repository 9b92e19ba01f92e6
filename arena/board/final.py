"""The board at the close: private scores of each team's final picks, and how far they moved it. Pure.

A team picks its final submissions; of one that does not, those that stood best on the public board are taken, by the
rule ``last`` its last one. It stands by the best of its picks on the private rows, as on Kaggle. What came late is no
part of it: nothing that is handed in after the close changes this board.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from arena.board.awards import medal, percentile, points
from arena.board.standings import best_first, current, is_scored, standings
from arena.model.metric import Metric, Needs
from arena.model.record import Record
from arena.model.task import Task
from arena.model.team import is_baseline

SCHEMA = 1
# How a submission is named on the shelf, where `arena submit` put it.
SHORT = 16
Exact = Mapping[str, Mapping[str, float]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Closing:
    """When a task was closed, why before its time if it was, and the digests that each team had picked by then."""

    closed_at: datetime
    reason: str | None
    picks: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Entry:
    """One scored evaluation that came in time with its exact scores; ``final`` are those that decide."""

    record: Record
    public: Mapping[str, float]
    final: Mapping[str, float]


def final_split(metrics: Sequence[Metric]) -> str:
    """What decides at the close: the private rows, or of an exercise all its cases, which were never split."""
    return "cases" if metrics[0].needs is Needs.CASES else "private"


def scored_records(records: Iterable[Record], task: Task, metric: Metric) -> list[Record]:
    """The evaluations that the close reveals: the newest of each submission that came in time and has a score."""
    found = (record for record in current(records, task) if not task.board.is_late(record.received_at))
    return [record for record in found if is_scored(record, metric)]


def final_board(
    records: Sequence[Record], task: Task, metrics: Sequence[Metric], exact: Mapping[str, Exact], closing: Closing
) -> dict[str, Any]:
    """The final board as plain data; ``exact`` has the vault's scores by record."""
    ranking, split = metrics[0], final_split(metrics)
    entries = [
        _Entry(
            record=record,
            public=exact[record.id]["public"],
            final=exact[record.id]["public" if split == "cases" else split],
        )
        for record in scored_records(records, task, ranking)
    ]
    chosen = _chosen(entries, task, ranking, closing.picks)
    picked = {entry.record.id for team in chosen.values() for entry in team}
    return {
        "schema": SCHEMA,
        "task": task.id,
        "title": task.title["en"],
        "task_digest": task.digest,
        "metric": ranking.name,
        "direction": ranking.direction,
        "split": split,
        "practice": not task.sealed,
        "feedback": task.board.feedback,
        "closed": True,
        "closed_at": closing.closed_at.isoformat(),
        "reason": closing.reason,
        "rows": _rows(chosen, records, task, metrics, closing),
        "submissions": [_entry_json(entry, picked=entry.record.id in picked) for entry in entries],
        "signature": None,
    }


def _chosen(
    entries: Sequence[_Entry], task: Task, ranking: Metric, picks: Mapping[str, tuple[str, ...]]
) -> dict[str, list[_Entry]]:
    """Each team's final picks."""
    by_team: dict[str, list[_Entry]] = {}
    for entry in entries:
        by_team.setdefault(entry.record.team, []).append(entry)
    chosen, most = {}, task.submissions.final_picks
    for team, own in by_team.items():
        wanted = picks.get(team, ())[:most]
        selected = [entry for entry in own if entry.record.submission_digest in wanted]
        chosen[team] = selected or _by_default(own, ranking, most if task.board.rule == "best" else None)
    return chosen


def _by_default(own: Sequence[_Entry], ranking: Metric, most: int | None) -> list[_Entry]:
    """The best by what the team was shown, or its last one."""
    if most is None:
        return [own[-1]]
    shown = [(best_first(ranking, e.record.feedback[ranking.name], e.record.received_at, e.record.id), e) for e in own]
    return [entry for _, entry in sorted(shown, key=lambda pair: pair[0])[:most]]


def _rows(
    chosen: Mapping[str, Sequence[_Entry]],
    records: Sequence[Record],
    task: Task,
    metrics: Sequence[Metric],
    closing: Closing,
) -> list[dict[str, Any]]:
    ranking = metrics[0]

    def key(entry: _Entry) -> tuple[float, datetime, str]:
        return best_first(ranking, entry.final[ranking.name], entry.record.received_at, entry.record.id)

    stands = {team: min(picks, key=key) for team, picks in chosen.items()}
    before = {row.team: row for row in standings(records, task, metrics).rows}
    teams = sum(not is_baseline(team) for team in stands)
    ends = [stands[t].final[ranking.name] for t in (task.board.baseline, task.board.reference) if t in stands]
    rows, ranked = [], 0
    for team, entry in sorted(stands.items(), key=lambda pair: key(pair[1])):
        rank = None if is_baseline(team) else (ranked := ranked + 1)
        public_rank = before[team].rank
        award = medal(rank, teams) if rank else None
        both = {name: {"private": score, "public": entry.public[name]} for name, score in entry.final.items()}
        first = both.pop(ranking.name)
        rows.append(
            {
                "rank": rank,
                "public_rank": public_rank,
                "shake_up": public_rank - rank if public_rank and rank else None,
                "team": team,
                **first,
                "also": both,
                "picks": sorted(pick.record.submission_digest[:SHORT] for pick in chosen[team]),
                "selected": any(pick.record.submission_digest in closing.picks.get(team, ()) for pick in chosen[team]),
                "record": entry.record.id,
                "kind": entry.record.kind.value if entry.record.kind else "",
                "submissions": before[team].submissions,
                "medal": award.value if award else None,
                "percentile": percentile(rank, teams) if rank else None,
                "points": points(entry.final[ranking.name], *ends) if len(ends) == 2 else None,  # noqa: PLR2004 - both
            }
        )
    return rows


def _entry_json(entry: _Entry, *, picked: bool) -> dict[str, Any]:
    record = entry.record
    return {
        "team": record.team,
        "submission": record.submission_digest[:SHORT],
        "record": record.id,
        "received_at": record.received_at.isoformat(),
        "public": dict(entry.public),
        "private": dict(entry.final),
        "picked": picked,
    }
