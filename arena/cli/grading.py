"""What `arena grade` does and shows."""

import functools
import sys
import time
from dataclasses import dataclass
from typing import Any

import click

from arena.authoring.build import ensure_built
from arena.board.record_file import to_json
from arena.cli.boards import read_board, show_board
from arena.cli.output import message_json, text
from arena.cli.session import Session
from arena.errors import ArenaError
from arena.intake.shelf import entries
from arena.model.outcome import Fault, Outcome
from arena.model.task import Task
from arena.pipeline.boards import publish_boards
from arena.pipeline.charging import adopt
from arena.pipeline.turns import in_fair_order
from arena.worker import Result, grade_all, sweep, waiting

_COLOURS = {Fault.NONE: "green", Fault.SUBMISSION: "yellow", Fault.TASK: "red", Fault.OURS: "red"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One call of `arena grade`."""

    session: Session
    tasks: list[Task]
    results: list[Result]
    seconds: float
    changed: int


def grade_shelf(
    session: Session,
    only: tuple[str, ...],
    *,
    again: bool,
    quiet: bool,
    reason: str | None = None,
    launcher: str | None = None,
) -> Run:
    """Grade the shelf, a line for each submission on standard output, progress on standard error."""
    started = time.monotonic()
    for task_id in only:
        session.task(task_id)
    stages = session.stages(launcher=launcher)
    sweep(stages.state)
    found = [entry for entry in entries(session.workspace.submissions) if not only or entry.task in only]
    adopt(session.tasks(), stages)
    found = in_fair_order(found, session.tasks(), stages)
    stages.expect(len(found) if again else sum(waiting(found, task, stages) for task in session.tasks()))

    @functools.cache
    def tried(task_id: str) -> Task | ArenaError:
        try:
            task = session.task(task_id)
            ensure_built(task, stages.vault, stages.launcher)
        except ArenaError as error:
            return error
        return task

    def load_built(task_id: str) -> Task:
        """A task that fails once is not built again for each of its submissions."""
        result = tried(task_id)
        if isinstance(result, ArenaError):
            raise result
        return result

    results = []
    hidden = quiet or not sys.stderr.isatty()
    with click.progressbar(
        grade_all(found, load=load_built, stages=stages, again=again, reason=reason),
        length=len(found),
        label="Grading",
        file=sys.stderr,
        hidden=hidden,
        item_show_func=lambda result: result.entry.label if result else None,
    ) as progress:
        for result in progress:
            results.append(result)
            if not quiet and (result.graded.is_new or result.graded.record is None):
                _clear_line(hidden=hidden)
                _show_line(result)
    tasks = session.tasks()
    changed = publish_boards(tasks, stages, session.workspace.leaderboard)
    graded = {result.entry.task for result in results if result.graded.record is not None}
    return Run(
        session=session,
        tasks=[task for task in tasks if task.id in graded],
        results=results,
        seconds=time.monotonic() - started,
        changed=len(changed),
    )


def _clear_line(*, hidden: bool) -> None:
    if not hidden:
        click.echo("\r\x1b[K", nl=False, err=True)


def _show_line(result: Result) -> None:
    graded, record = result.graded, result.graded.record
    word = click.style(f"{graded.outcome.value:<20}", fg=_COLOURS[graded.outcome.fault])
    usage = record.usage if record else None
    cost = f"  {usage.charged:.2f} {usage.unit} on {usage.device_class}" if usage and usage.wall_s else ""
    click.echo(f"{word}  {result.entry.label:<44}  {text(graded.messages[0])}{cost}")


def show_results(run: Run) -> None:
    """The summary, then each board."""
    new = [result for result in run.results if result.graded.is_new]
    failed = [result for result in run.results if result.graded.record is None]
    known = len(run.results) - len(new) - len(failed)
    scored = sum(result.graded.outcome is Outcome.SCORED for result in new)
    click.echo(
        f"{len(new)} graded ({scored} scored), {known} graded before, {len(failed)} not graded, "
        f"in {run.seconds:.1f} s; {run.changed} board file(s) changed"
    )
    for task in run.tasks:
        click.echo()
        show_board(read_board(run.session, task, private=False), task)


def results_json(results: list[Result]) -> list[dict[str, Any]]:
    """Each result for scripts: the record's fields where there is one."""
    return [_result_json(result) for result in results]


def _result_json(result: Result) -> dict[str, Any]:
    entry, record = result.entry, result.graded.record
    base = {"id": None, "task": entry.task, "team": result.team, "kind": None, "outcome": result.graded.outcome.value}
    return {
        **(to_json(record) if record else {**base, "feedback": {}, "usage": {}}),
        "path": entry.label,
        "message": message_json(result.graded.messages[0]),
        "is_new": result.graded.is_new,
    }
