"""How learners' results look: as JSON, as tables, as sentences."""

from typing import TYPE_CHECKING, Any

import click

from arena.catalog.tasks import statement
from arena.catalog.workspace import Workspace
from arena.cli.case_views import cases_json, checked, exercise_json, exercise_page, following, show_cases
from arena.cli.output import message_json, note, spoken, text, words
from arena.metrics.table import metrics_of
from arena.model.metric import shown
from arena.model.outcome import Fault, Outcome
from arena.model.safe_text import safe_line
from arena.model.sizes import human_size
from arena.model.submission import Submission
from arena.model.task import Task

if TYPE_CHECKING:
    from arena.cli.handing_in import Handed, Line, Tried
    from arena.exercises.result import Result
    from arena.model.record import Record

# What a learner looks for first; `show --json` lists every package.
_KNOWN_PACKAGES = ("numpy", "pandas", "scipy", "scikit-learn", "lightgbm", "torch", "keras", "pillow")
_LOG_LINES = 15


def task_summary(task: Task) -> dict[str, Any]:
    """One task in a list."""
    return {
        "id": task.id,
        "title": dict(task.title),
        "kind": task.kind,
        "metric": task.metric,
        "direction": metrics_of(task)[0].direction,
        "tags": list(task.tags),
        "practice": not task.sealed,
        "accepts": [kind.value for kind in task.submissions.accepts],
    }


def task_table(tasks: list[Task]) -> tuple[list[str], list[list[str]]]:
    """Heads and rows of the list."""
    rows = [
        [
            task.id,
            task.title[spoken()],
            metrics_of(task)[0].title,
            ", ".join(k.value for k in task.submissions.accepts),
        ]
        for task in tasks
    ]
    return ["task", "title", "metric", "accepts"], rows


def task_json(task: Task, workspace: Workspace) -> dict[str, Any]:
    """Everything about a task that a learner may know."""
    from arena.sandbox.runtime import find_runtime

    runtime, budget, rules = find_runtime(workspace.runtime), task.budget, task.submissions
    return {
        **task_summary(task),
        "also": list(task.also),
        "statement": statement(task, spoken()),
        "files": list(task.shown_files),
        **exercise_json(task),
        "submissions": {
            "max_bytes": rules.max_bytes,
            "per_day": rules.per_day,
            "failed_per_day": rules.failed_per_day,
            **({"total": rules.total} if rules.total else {}),
        },
        "budget": {
            "wall_seconds": budget.wall_seconds,
            "cpu_seconds": budget.cpu_seconds,
            "memory_bytes": budget.memory_bytes,
            "processes": budget.processes,
            "disk_bytes": budget.disk_bytes,
            "files": budget.files,
            "log_bytes": budget.log_bytes,
        },
        "protections": list(task.protections),
        "runtime": {"python": runtime.version, "packages": runtime.packages()},
    }


def task_page(task: Task, workspace: Workspace) -> str:
    """The statement, then the rules in a few lines."""
    data = task_json(task, workspace)
    budget, packages = task.budget, data["runtime"]["packages"]
    known = [f"{name} {packages[name]}" for name in _KNOWN_PACKAGES if name in packages]
    kinds = ", ".join(data["accepts"])
    ranking, *others = metrics_of(task)
    ranked = {"metric": ranking.title, "direction": words(f"show.{ranking.direction}")}
    also = ", ".join(metric.title for metric in others)
    lines = [
        data["statement"].rstrip(),
        "",
        *exercise_page(task, data["statement"]),
        "---",
        words("show.files", files=", ".join(data["files"])),
        words(
            "show.accepts", kinds=kinds, size=human_size(task.submissions.max_bytes), per_day=task.submissions.per_day
        ),
        words("show.metrics", **ranked, also=also) if also else words("show.metric", **ranked),
        words(
            "show.budget",
            wall=f"{budget.wall_seconds:g}",
            cpu=f"{budget.cpu_seconds:g}",
            memory=human_size(budget.memory_bytes),
            processes=budget.processes,
            disk=human_size(budget.disk_bytes),
        ),
        *([words("show.protections", protections=", ".join(task.protections))] if task.protections else []),
        words("show.runtime", python=data["runtime"]["python"], packages=", ".join(known) or "-"),
    ]
    if not task.sealed:
        lines.append(words("board.practice_exercise" if task.kind == "exercise" else "board.practice"))
    return "\n".join([*lines, words("next.download", task=task.id), ""])


def _kind(submission: Submission) -> None:
    size = human_size(sum(file.size for file in submission.files))
    kind, entry = submission.kind.value, submission.entry
    note("submit.kind", kind=kind, entry=entry, files=len(submission.files), size=size)


def log_json(record: "Record", log: str, cases: "tuple[Result, ...]") -> dict[str, Any]:
    """What a submission printed and what became of its cases, for scripts."""
    return {"record": record.id, "outcome": record.outcome.value, "log": log, **cases_json(cases)}


def show_log(log: str, cases: "tuple[Result, ...]") -> None:
    """The same for people; what the public cases printed stands with them."""
    show_cases(cases)
    if log and not cases:
        click.echo(log)
    elif not cases:
        note("log.empty")


def trial_json(tried: "Tried") -> dict[str, Any]:
    """A trial for scripts."""
    found, usage = tried.submission, tried.usage
    return {
        "task": tried.task.id,
        "is_score": False,
        "kind": found.kind.value if found else None,
        "entry": found.entry if found else None,
        "digest": found.digest if found else None,
        "outcome": "valid" if tried.outcome is Outcome.SCORED else tried.outcome.value,
        "messages": [message_json(message) for message in tried.messages],
        "notes": [message_json(message) for message in tried.notes],
        "usage": {
            "unit": usage.unit,
            "charged": round(usage.charged, 3),
            "wall_s": round(usage.wall_s, 3),
            "cpu_s": round(usage.cpu_s, 3),
            "peak_memory_bytes": usage.peak_memory_bytes,
        },
        "log": tried.log,
        **cases_json(tried.cases),
    }


def show_trial(tried: "Tried", path: str) -> None:
    """A trial for people: the learner's own output first, then what it means."""
    if tried.submission:
        _kind(tried.submission)
    for each in tried.notes:
        click.echo(text(each), err=True)
    show_cases(tried.cases)
    if tried.log and not tried.cases:
        click.echo("\n".join(tried.log.splitlines()[-_LOG_LINES:]))
    for each in tried.messages:
        click.echo(click.style(text(each), fg="red"))
    if tried.usage.wall_s:
        usage, budget = tried.usage, tried.task.budget
        note(
            "check.cost",
            wall=f"{usage.wall_s:.1f}",
            wall_limit=f"{budget.wall_seconds:g}",
            cpu=f"{usage.cpu_s:.1f}",
            cpu_limit=f"{budget.cpu_seconds:g}",
            memory=human_size(usage.peak_memory_bytes),
            memory_limit=human_size(budget.memory_bytes),
        )
    if tried.cases:
        click.echo(checked(tried.task, tried.cases, path))
    elif tried.outcome is Outcome.SCORED:
        from arena.pipeline.contracts import contract_of

        rows = len(contract_of(tried.task).ids)
        click.echo(click.style(words("check.passed", rows=rows, task=tried.task.id, path=path), fg="green"))
    else:
        said = words(f"outcome.{tried.outcome.value}")
        click.echo(words("check.failed", outcome=said, task=tried.task.id, path=path))


def handed_json(handed: "Handed") -> dict[str, Any]:
    """A hand-in for scripts: the record's own fields where there is one, the same names without it."""
    from arena.board.record_file import to_json

    record = handed.graded.record if handed.graded else None
    found = handed.submission
    base: dict[str, Any] = {
        "id": None,
        "task": handed.task.id,
        "team": handed.team,
        "kind": found.kind.value if found else None,
        "outcome": handed.outcome.value if handed.graded or handed.outcome is not Outcome.SCORED else "not_graded",
        "feedback": {},
        "usage": {},
    }
    if record:
        base = {**to_json(record), "is_new": handed.graded.is_new if handed.graded else False}
    return {
        **base,
        "message": message_json(handed.messages[0]) if handed.messages else None,
        "messages": [message_json(message) for message in handed.messages],
        "notes": [message_json(message) for message in handed.notes],
        **cases_json(handed.cases),
        "rank": handed.rank,
        "stored": str(handed.stored) if handed.stored else None,
    }


def show_handed(handed: "Handed", path: str) -> None:
    """A hand-in for people: what it is, how it ended, where the team stands, what to do next."""
    if handed.submission:
        _kind(handed.submission)
    if handed.stored:
        note("submit.stored", path=str(handed.stored))
    for each in handed.notes:
        click.echo(text(each), err=True)
    task, record = handed.task.id, handed.graded.record if handed.graded else None
    if record and handed.graded and not handed.graded.is_new:
        note("submit.existing")
    show_cases(handed.cases)
    good = handed.outcome is Outcome.SCORED
    if not good:
        click.echo(click.style(words(f"outcome.{handed.outcome.value}"), fg="red", bold=True))
    for message in handed.messages:
        click.echo(click.style(text(message), fg="green" if good else None))
    if good and handed.graded is None:
        click.echo(words("submit.not_graded_here", task=task, path=str(handed.stored)))
        return
    if good:
        _show_place(handed)
    if handed.waiting:
        note("submit.waiting", count=handed.waiting, task=task)
    _next_step(handed, path)


def _show_place(handed: "Handed") -> None:
    if handed.rank:
        rule = "submit.rank" if handed.task.board.rule == "best" else "submit.rank_last"
        click.echo(words(rule, team=handed.team, rank=handed.rank, teams=handed.teams))
    record = handed.graded.record if handed.graded else None
    if record and handed.task.board.is_late(record.received_at):
        note("submit.late", task=handed.task.id)


def _next_step(handed: "Handed", path: str) -> None:
    task, record = handed.task.id, handed.graded.record if handed.graded else None
    ran = record is not None and record.usage.wall_s > 0
    if handed.outcome is Outcome.SCORED:
        if (following_task := following(handed.task, handed.cases)) is not None:
            note("next.exercise", task=following_task)
        else:
            note("next.leaderboard", task=task)
    elif ran and record and handed.outcome is not Outcome.INVALID_PREDICTIONS:
        note("next.log", record=record.id[:12])
    elif handed.outcome.fault is Fault.SUBMISSION and handed.outcome is not Outcome.DENIED:
        note("next.check", task=task, path=path)


def history_json(line: "Line", task: Task) -> dict[str, Any]:
    """One submission for scripts."""
    record = line.record
    return {
        "name": line.name,
        "message": line.message,
        "record": record.id if record else None,
        "outcome": record.outcome.value if record else "waiting",
        "kind": record.kind.value if record and record.kind else None,
        "feedback": dict(record.feedback) if record else {},
        "received_at": record.received_at.isoformat() if record else None,
        "late": task.board.is_late(record.received_at) if record else None,
        "charged": record.usage.charged if record else None,
    }


def _outcome(record: "Record", task: Task) -> str:
    said = words(f"outcome.{record.outcome.value}")
    return words("submissions.late", outcome=said) if task.board.is_late(record.received_at) else said


def history_table(lines: "list[Line]", task: Task) -> tuple[list[str], list[list[str]]]:
    """Heads and rows of a team's submissions."""
    rows = []
    for line in lines:
        record = line.record
        score = record.feedback.get(task.metric) if record else None
        rows.append(
            [
                safe_line(line.name, 60),
                _outcome(record, task) if record else words("submissions.waiting"),
                shown(score) if score is not None else "",
                record.kind.value if record and record.kind else "",
                f"{record.received_at:%Y-%m-%d %H:%M}Z" if record else "",
                record.id[:12] if record else "",
                line.message,
            ]
        )
    return ["name", "outcome", metrics_of(task)[0].title, "kind", "received", "record", "message"], rows
