"""A board that is kept up: one record more costs that record's team anew, and a walk over the teams.

What a team has on a board follows from its own records alone, until rows are ranked against each other. So the rows of
each team are kept, in order, and only the ranks are given again. The board is the one that ``standings`` makes of all
records at once.
"""

import bisect
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from arena.board.standings import (
    Memory,
    Row,
    Standings,
    apart,
    assembled,
    beside,
    best_first,
    current,
    ranked_by,
    rows_of,
)
from arena.model.metric import Metric
from arena.model.record import Record
from arena.model.task import Task

Key = tuple[float, datetime, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamRows:
    """What a team has on the board by each metric, in order of the metrics: in time, and late. ``None``: nothing."""

    in_time: tuple[Row | None, ...]
    late: tuple[Row | None, ...]


def team_rows(records: Iterable[Record], task: Task, metrics: Sequence[Metric]) -> TeamRows:
    """The rows of one team, from all its records."""
    in_time, late = apart(current(records, task), task)
    by_metric = [ranked_by(metrics, metric.name) for metric in metrics]
    return TeamRows(
        in_time=tuple(next(iter(rows_of(in_time, task, each)), None) for each in by_metric),
        late=tuple(next(iter(rows_of(late, task, each)), None) for each in by_metric),
    )


@dataclass(slots=True)
class _Order:
    """Rows, best first by one metric."""

    metric: Metric
    keys: list[Key] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)

    def key(self, row: Row) -> Key:
        """What sorts a row; it holds the record's id, so no two are equal."""
        return best_first(self.metric, row.scores[self.metric.name], row.received_at, row.record)

    def remove(self, row: Row) -> None:
        """Take a row out."""
        at = bisect.bisect_left(self.keys, self.key(row))
        del self.keys[at], self.rows[at]

    def insert(self, row: Row) -> None:
        """Put a row into its place."""
        key = self.key(row)
        at = bisect.bisect_left(self.keys, key)
        self.keys.insert(at, key)
        self.rows.insert(at, row)


class LiveBoard:
    """The board of a task by each of its metrics."""

    def __init__(self, task: Task, metrics: Sequence[Metric]) -> None:
        self._task = task
        self._metrics = [ranked_by(metrics, metric.name) for metric in metrics]
        self._teams: dict[str, TeamRows] = {}
        self._in_time = [_Order(metric) for metric in metrics]
        self._late = [_Order(metric) for metric in metrics]
        self._memories = [Memory() for _ in metrics]

    def put(self, team: str, rows: TeamRows) -> None:
        """Put a team's rows in the place of those that it had."""
        before = self._teams.get(team)
        for orders, now, then in (
            (self._in_time, rows.in_time, before.in_time if before else ()),
            (self._late, rows.late, before.late if before else ()),
        ):
            for order, old in zip(orders, then, strict=False):
                if old is not None:
                    order.remove(old)
            for order, new in zip(orders, now, strict=True):
                if new is not None:
                    order.insert(new)
        self._teams[team] = rows

    def board(self) -> Standings:
        """The board now. Rows that have not changed are the same objects as the last time."""
        first, *others = (
            assembled(in_time.rows, late.rows, self._task, metrics, memory)
            for in_time, late, metrics, memory in zip(
                self._in_time, self._late, self._metrics, self._memories, strict=True
            )
        )
        return beside(first, others, self._task)
