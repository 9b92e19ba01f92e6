"""What `arena select` does and shows: a team's final picks."""

from dataclasses import dataclass
from typing import Any

import click

from arena.cli.handing_in import Line, history
from arena.cli.output import note, table, words
from arena.cli.session import Session
from arena.errors import DeniedError, UsageError
from arena.intake.picks import read_picks, write_picks
from arena.metrics.table import metrics_of
from arena.model.metric import shown
from arena.model.outcome import Outcome
from arena.model.record import Record
from arena.model.safe_text import safe_line
from arena.model.task import Task


@dataclass(frozen=True, slots=True, kw_only=True)
class Picked:
    """A team's picks, by name on the shelf."""

    task: Task
    team: str
    picks: tuple[tuple[str, Record], ...]


def select(session: Session, task: Task, team: str, wanted: tuple[str, ...], *, clear: bool) -> Picked:
    """Pick the named submissions in place of earlier picks; without names, and not to clear, look up the picks.

    Raises:
        UsageError: a name is none of a scored submission that came in time, or there are too many.
        DeniedError: the task is closed.
    """
    lines = [(line, line.record) for line in history(session, task, team) if line.record is not None]
    scored = [(line, r) for line, r in lines if r.outcome is Outcome.SCORED and not task.board.is_late(r.received_at)]
    if wanted or clear:
        if task.board.is_late(session.stages().now()):
            raise DeniedError("select.closed", task=task.id)
        found = {record.submission_digest: record for record in (_find(name, scored, task) for name in wanted)}
        if len(found) > task.submissions.final_picks:
            raise UsageError("select.too_many", most=task.submissions.final_picks, task=task.id)
        write_picks(session.workspace.submissions, task=task.id, team=team, digests=[*found])
    digests = read_picks(session.workspace.submissions, task.id).get(team, ())
    picks = tuple((line.name, record) for line, record in scored if record.submission_digest in digests)
    return Picked(task=task, team=team, picks=picks)


def _find(name: str, scored: list[tuple[Line, Record]], task: Task) -> Record:
    """The one submission of that name, or whose record or digest begins so."""
    exact = [record for line, record in scored if line.name == name]
    begins = [record for _, record in scored if record.id.startswith(name) or record.submission_digest.startswith(name)]
    found = {record.id: record for record in exact or begins}
    if len(found) != 1 or not name:
        known = ", ".join(safe_line(line.name, 40) for line, _ in scored) or "-"
        message = "select.several" if found and name else "select.none"
        raise UsageError(message, name=safe_line(name, 40), task=task.id, known=known)
    (record,) = found.values()
    return record


def picked_json(picked: Picked) -> dict[str, Any]:
    """The picks for scripts."""
    return {
        "task": picked.task.id,
        "team": picked.team,
        "final_picks": picked.task.submissions.final_picks,
        "submissions": [
            {"name": name, "record": record.id, "digest": record.submission_digest, "feedback": dict(record.feedback)}
            for name, record in picked.picks
        ],
    }


def show_picked(picked: Picked) -> None:
    """The picks for people."""
    task, ranking = picked.task, metrics_of(picked.task)[0]
    most = task.submissions.final_picks
    if not picked.picks:
        rule = "select.default" if task.board.rule == "best" else "select.default_last"
        click.echo(words(rule, team=picked.team, task=task.id, most=most))
        return
    rows = [
        [safe_line(name, 60), shown(record.feedback[ranking.name]), record.id[:12]] for name, record in picked.picks
    ]
    table(["name", ranking.title, "record"], rows)
    note("select.done", team=picked.team, task=task.id, count=len(picked.picks), most=most)
