"""Standings: a pure function of records. The order in which they arrive changes nothing.

Only what was received before the close is ranked. Baselines stand among the teams by their scores, without a rank.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from arena.board.awards import percentile, points
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Standings:
    """The rows of one task's board, best first, by the first of ``metrics``; ``late`` are those of late submissions.

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
    late: tuple[Row, ...] = ()
    closed: bool = False

    @property
    def teams(self) -> int:
        """How many compete."""
        return sum(row.rank is not None for row in self.rows)


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
    found = current(records, task)
    late = [record for record in found if task.board.is_late(record.received_at)]
    in_time = [record for record in found if not task.board.is_late(record.received_at)]
    return Standings(
        task=task.id,
        title=task.title["en"],
        sealed=task.sealed,
        metrics=tuple(metrics),
        rows=_awarded(_ranked(_rows(in_time, task, metrics)), task, metrics[0]),
        labels=tuple(map(str, task.data.labels)) if isinstance(task.work, DataSpec) else (),
        late=tuple(_rows(late, task, metrics)),
    )


def best_first(metric: Metric, score: float, received_at: datetime, record: str) -> tuple[float, datetime, str]:
    """What sorts the better score before the worse, and of equal ones the earlier."""
    return (-score if metric.greater_is_better else score, received_at, record)


def is_scored(record: Record, metric: Metric) -> bool:
    """Whether it has a score that can be ranked: a finite one."""
    return record.outcome is Outcome.SCORED and math.isfinite(record.feedback.get(metric.name, math.nan))


def _rows(found: Sequence[Record], task: Task, metrics: Sequence[Metric]) -> list[Row]:
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


def _ranked(rows: Sequence[Row]) -> list[Row]:
    teams, ranked = sum(not is_baseline(row.team) for row in rows), 0
    found = []
    for row in rows:
        if is_baseline(row.team):
            found.append(row)
        else:
            ranked += 1
            found.append(replace(row, rank=ranked, percentile=percentile(ranked, teams)))
    return found


def _awarded(rows: Sequence[Row], task: Task, metric: Metric) -> tuple[Row, ...]:
    """The rows with their points, where both ends of the way stand on the board."""
    scores = {row.team: row.scores[metric.name] for row in rows}
    ends = [scores[team] for team in (task.board.baseline, task.board.reference) if team in scores]
    if len(ends) < 2:  # noqa: PLR2004 - a way has two
        return tuple(rows)
    return tuple(replace(row, points=points(row.scores[metric.name], *ends)) for row in rows)


def ranked_by(metrics: Sequence[Metric], name: str) -> tuple[Metric, ...]:
    """The metrics with the one of that name in front, the others in their order."""
    return tuple(sorted(metrics, key=lambda metric: metric.name != name))


def every_board(records: Iterable[Record], task: Task, metrics: Sequence[Metric]) -> Standings:
    """The board by the first metric, with those by each other one."""
    found = current(records, task)
    others = tuple(standings(found, task, ranked_by(metrics, metric.name)) for metric in metrics[1:])
    return replace(standings(found, task, metrics), others=others, beside=task.board.by)
