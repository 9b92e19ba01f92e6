"""Standings: a pure function of records. The order in which they arrive changes nothing."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from arena.model.metric import Metric
from arena.model.outcome import Outcome
from arena.model.record import Record, grading_order
from arena.model.task import DataSpec, Task


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One team. ``scores`` are public, by metric, at full precision. No rank is shared: a tie goes to the earlier.

    ``confusion`` counts the public rows by true and predicted label; both are in the order of the board's ``labels``.
    """

    rank: int
    team: str
    scores: dict[str, float]
    kind: str
    submissions: int
    received_at: datetime
    record: str
    confusion: tuple[tuple[int, ...], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Standings:
    """The rows of one task's board, best first, by the first of ``metrics``.

    ``others`` is the same task ranked by each other metric; ``beside`` names those whose boards the page shows as well.
    """

    task: str
    title: str
    sealed: bool
    metrics: tuple[Metric, ...]
    rows: tuple[Row, ...]
    others: "tuple[Standings, ...]" = ()
    beside: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()


def current(records: Iterable[Record], task: Task) -> list[Record]:
    """Evaluations under this version of the task that no later one supersedes, one for each submission of each team."""
    latest: dict[tuple[str, str], Record] = {}
    for record in records:
        if record.task_digest != task.digest:
            continue
        key = (record.team, record.submission_digest)
        if key not in latest or _replaces(record, latest[key]):
            latest[key] = record
    return sorted(latest.values(), key=lambda record: (record.received_at, record.id))


def _replaces(record: Record, other: Record) -> bool:
    """Whether it is the later evaluation; of one that two graders made apart, the first that was graded stands."""
    if record.evaluation != other.evaluation:
        return record.evaluation > other.evaluation
    return grading_order(record) < grading_order(other)


def standings(records: Iterable[Record], task: Task, metrics: Sequence[Metric]) -> Standings:
    """Rank the teams by the first metric: the rule's evaluation of each, at full precision, a tie to the earlier.

    By the rule ``best`` a team stands by the submission that is best under that metric, so by another metric it may
    stand by another submission.
    """
    ranking = metrics[0]
    by_team: dict[str, list[Record]] = {}
    for record in current(records, task):
        by_team.setdefault(record.team, []).append(record)

    def key(record: Record) -> tuple[float, datetime, str]:
        score = record.feedback[ranking.name]
        return (-score if ranking.greater_is_better else score, record.received_at, record.id)

    chosen: list[tuple[Record, int]] = []
    for evaluations in by_team.values():
        scored = [each for each in evaluations if each.outcome is Outcome.SCORED and ranking.name in each.feedback]
        if scored:
            one = min(scored, key=key) if task.board.rule == "best" else scored[-1]
            chosen.append((one, len(evaluations)))
    chosen.sort(key=lambda pair: key(pair[0]))
    rows = tuple(
        Row(
            rank=rank,
            team=record.team,
            scores={metric.name: record.feedback[metric.name] for metric in metrics if metric.name in record.feedback},
            kind=record.kind.value if record.kind else "",
            submissions=count,
            received_at=record.received_at,
            record=record.id,
            confusion=record.confusion,
        )
        for rank, (record, count) in enumerate(chosen, start=1)
    )
    return Standings(
        task=task.id,
        title=task.title["en"],
        sealed=task.sealed,
        metrics=tuple(metrics),
        rows=rows,
        labels=tuple(map(str, task.data.labels)) if isinstance(task.work, DataSpec) else (),
    )


def ranked_by(metrics: Sequence[Metric], name: str) -> tuple[Metric, ...]:
    """The metrics with the one of that name in front, the others in their order."""
    return tuple(sorted(metrics, key=lambda metric: metric.name != name))


def every_board(records: Iterable[Record], task: Task, metrics: Sequence[Metric]) -> Standings:
    """The board by the first metric, with those by each other one."""
    found = current(records, task)
    others = tuple(standings(found, task, ranked_by(metrics, metric.name)) for metric in metrics[1:])
    return replace(standings(found, task, metrics), others=others, beside=task.board.by)
