"""Standings: a pure function of records. The order in which they arrive changes nothing.

Only what was received before the close is ranked. Baselines stand among the teams by their scores, without a rank.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from arena.board.awards import percentile, points
from arena.board.compared import Compared
from arena.model.metric import Metric
from arena.model.outcome import Outcome
from arena.model.record import Record, grading_order
from arena.model.task import DataSpec, Task
from arena.model.team import is_baseline


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One team. ``scores`` are public, by metric, at full precision. No rank is shared: a tie goes to the earlier.

    ``rank`` is ``None`` of a baseline, and of what came late; ``percentile`` and ``points`` are as ``awards`` has them.
    ``confusion`` counts the public rows by true and predicted label; both are in the order of the board's ``labels``.
    ``compared`` is what comparisons say of the record (``board.compared``); standings are made without.
    """

    rank: int | None
    team: str
    scores: dict[str, float]
    kind: str
    submissions: int
    received_at: datetime
    record: str
    confusion: tuple[tuple[int, ...], ...] = ()
    percentile: float | None = None
    points: float | None = None
    compared: Compared | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Standings:
    """The rows of one task's board, best first, by the first of ``metrics``; ``late`` are those of late submissions.

    ``others`` is the same task ranked by each other metric; ``beside`` names those whose boards the page shows as well.
    ``compared_rows`` is on how many rows of the data its teams were compared, 0 where they were not.
    """

    task: str
    title: str
    sealed: bool
    metrics: tuple[Metric, ...]
    rows: tuple[Row, ...]
    others: "tuple[Standings, ...]" = ()
    beside: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    late: tuple[Row, ...] = ()
    closed: bool = False
    compared_rows: int = 0

    @property
    def teams(self) -> int:
        """How many compete."""
        return sum(row.rank is not None for row in self.rows)


@dataclass(slots=True)
class Memory:
    """The rows of a board as they were placed the last time, by team, so that those in the same place are the same."""

    frame: tuple[int, Sequence[float]] | None = None
    rows: dict[str, tuple[Row, Row]] = field(default_factory=dict)


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
    in_time, late = apart(current(records, task), task)
    return assembled(rows_of(in_time, task, metrics), rows_of(late, task, metrics), task, metrics)


def apart(found: Iterable[Record], task: Task) -> tuple[list[Record], list[Record]]:
    """What came in time, and what came late."""
    in_time: list[Record] = []
    late: list[Record] = []
    for record in found:
        (late if task.board.is_late(record.received_at) else in_time).append(record)
    return in_time, late


def assembled(
    in_time: Iterable[Row], late: Iterable[Row], task: Task, metrics: Sequence[Metric], memory: Memory | None = None
) -> Standings:
    """The board of rows that are best first and have no place yet.

    With a ``memory`` a row in the place that it had the last time is the same object as then.
    """
    return Standings(
        task=task.id,
        title=task.title["en"],
        sealed=task.sealed,
        metrics=tuple(metrics),
        rows=_placed(in_time, task, metrics[0], memory or Memory()),
        labels=tuple(map(str, task.data.labels)) if isinstance(task.work, DataSpec) else (),
        late=tuple(late),
    )


def best_first(metric: Metric, score: float, received_at: datetime, record: str) -> tuple[float, datetime, str]:
    """What sorts the better score before the worse, and of equal ones the earlier."""
    return (-score if metric.greater_is_better else score, received_at, record)


def is_scored(record: Record, metric: Metric) -> bool:
    """Whether it has a score that can be ranked: a finite one."""
    return record.outcome is Outcome.SCORED and math.isfinite(record.feedback.get(metric.name, math.nan))


def rows_of(found: Sequence[Record], task: Task, metrics: Sequence[Metric]) -> list[Row]:
    """A row for each team that has a score, best first and not ranked yet."""
    ranking = metrics[0]
    by_team: dict[str, list[Record]] = {}
    for record in found:
        by_team.setdefault(record.team, []).append(record)

    def key(record: Record) -> tuple[float, datetime, str]:
        return best_first(ranking, record.feedback[ranking.name], record.received_at, record.id)

    chosen: list[tuple[Record, int]] = []
    for evaluations in by_team.values():
        scored = [each for each in evaluations if is_scored(each, ranking)]
        if scored:
            one = min(scored, key=key) if task.board.rule == "best" else scored[-1]
            chosen.append((one, len(evaluations)))
    chosen.sort(key=lambda pair: key(pair[0]))
    return [
        Row(
            rank=None,
            team=record.team,
            scores={metric.name: record.feedback[metric.name] for metric in metrics if metric.name in record.feedback},
            kind=record.kind.value if record.kind else "",
            submissions=count,
            received_at=record.received_at,
            record=record.id,
            confusion=record.confusion,
        )
        for record, count in chosen
    ]


def _placed(rows: Iterable[Row], task: Task, metric: Metric, memory: Memory) -> tuple[Row, ...]:
    """The rows with ranks, percentiles and points; a baseline has no rank."""
    rows = list(rows)
    competes = [not is_baseline(row.team) for row in rows]
    frame = (sum(competes), _ends(rows, task, metric))
    before = memory.rows if memory.frame == frame else {}
    ranked, now = 0, {}
    for row, ranks in zip(rows, competes, strict=True):
        rank = (ranked := ranked + 1) if ranks else None
        known = before.get(row.team)
        if known is None or known[0] is not row or known[1].rank != rank:
            known = (row, _place(row, rank, *frame, metric))
        now[row.team] = known
    memory.frame, memory.rows = frame, now
    return tuple(placed for _, placed in now.values())


def _ends(rows: Sequence[Row], task: Task, metric: Metric) -> Sequence[float]:
    """Between which scores points are given: the baseline's and the reference's, where both stand on the board."""
    named = (task.board.baseline, task.board.reference)
    if None in named:
        return ()
    scores = {row.team: row.scores[metric.name] for row in rows if row.team in named}
    ends = [scores[team] for team in named if team in scores]
    return ends if len(ends) == len(named) else ()


def _place(row: Row, rank: int | None, teams: int, ends: Sequence[float], metric: Metric) -> Row:
    return replace(
        row,
        rank=rank,
        percentile=None if rank is None else percentile(rank, teams),
        points=points(row.scores[metric.name], *ends) if ends else None,
    )


def ranked_by(metrics: Sequence[Metric], name: str) -> tuple[Metric, ...]:
    """The metrics with the one of that name in front, the others in their order."""
    return tuple(sorted(metrics, key=lambda metric: metric.name != name))


def every_board(records: Iterable[Record], task: Task, metrics: Sequence[Metric]) -> Standings:
    """The board by the first metric, with those by each other one."""
    found = current(records, task)
    first, *others = (standings(found, task, ranked_by(metrics, metric.name)) for metric in metrics)
    return beside(first, others, task)


def beside(first: Standings, others: Iterable[Standings], task: Task) -> Standings:
    """A board with those of the same task by each other metric."""
    return replace(first, others=tuple(others), beside=task.board.by)
