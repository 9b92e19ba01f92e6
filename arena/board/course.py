"""How each team came to where it stands: its place on the board, and what it stood at before. Pure.

Only what the task's feedback rule shows is in it. The order in which records arrive changes nothing.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from arena.board.standings import apart, current, is_scored, standings
from arena.model.budget import Usage
from arena.model.metric import Metric
from arena.model.record import Record
from arena.model.task import Task


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """One team: ``steps`` are the times of receipt at which its standing changed, and the public score from then on.

    ``usage`` is of the submission that it stands by. A baseline has no rank.
    """

    team: str
    rank: int | None
    steps: tuple[tuple[datetime, float], ...]
    usage: Usage

    @property
    def score(self) -> float:
        """Where it stands."""
        return self.steps[-1][1]


def courses(records: Iterable[Record], task: Task, metrics: Sequence[Metric]) -> list[Course]:
    """The teams of the board by the first metric, in its order."""
    in_time, _ = apart(current(records, task), task)
    by_id = {record.id: record for record in in_time}
    by_team: dict[str, list[Record]] = {}
    for record in in_time:
        if is_scored(record, metrics[0]):
            by_team.setdefault(record.team, []).append(record)
    return [
        Course(
            team=row.team,
            rank=row.rank,
            steps=_steps(by_team[row.team], metrics[0], keeps_best=task.board.rule == "best"),
            usage=by_id[row.record].usage,
        )
        for row in standings(in_time, task, metrics).rows
    ]


def _steps(scored: Sequence[Record], metric: Metric, *, keeps_best: bool) -> tuple[tuple[datetime, float], ...]:
    """From one scored record to the next; by the rule ``last`` a standing may fall as well."""
    steps: list[tuple[datetime, float]] = []
    for record in scored:
        score = record.feedback[metric.name]
        if steps:
            stood = steps[-1][1]
            is_better = score > stood if metric.greater_is_better else score < stood
            if score == stood or (keeps_best and not is_better):
                continue
        steps.append((record.received_at, score))
    return tuple(steps)
