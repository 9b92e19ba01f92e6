"""Load ``tasks/<id>/task.toml`` and what stands beside it."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from arena.catalog import edge, toml_lines
from arena.catalog.schema import BudgetTable, PhaseBudget, TaskFile, is_window
from arena.errors import InvalidFileError, Problem, UsageError
from arena.model.budget import Budget
from arena.model.metric import Metric, Needs
from arena.model.safe_text import safe_line
from arena.model.submission import Kind
from arena.model.task import BoardRules, DataSpec, SubmissionRules, Task

LANGUAGES = ("en", "bn")
# What can change a score. Statements, titles, starters, examples and the board's dates can change without a regrade.
_SCORING_KEYS = ("schema", "id", "kind", "data", "metric", "budget")
_BINARY = 2
_SCORING_FILES = ("prepare.py", "metric.py")


def task_ids(root: Path) -> tuple[str, ...]:
    """Every folder of ``tasks/`` that holds a ``task.toml``, in order."""
    return tuple(sorted(path.parent.name for path in (root / "tasks").glob("*/task.toml")))


def load_task(root: Path, task_id: str, metrics: Mapping[str, Metric]) -> Task:
    """Load one task of the workspace at ``root``; ``metrics`` are those that it may name.

    Raises:
        UsageError: there is no such task; the message lists those that there are.
        InvalidFileError: its definition has problems, all of them listed.
    """
    known = task_ids(root)
    if task_id not in known:
        raise UsageError("task.unknown", task=safe_line(task_id, 60), known=", ".join(known) or "-")
    folder = root / "tasks" / task_id
    name = f"tasks/{task_id}/task.toml"
    data = edge.read_definition(folder / "task.toml", name)
    settings, lines = edge.validated(data, name, TaskFile)
    problems = _problems(settings, folder, name, lines, metrics)
    if problems:
        raise InvalidFileError(problems)
    return _task(settings, folder)


def statement(task: Task, language: str) -> str:
    """The task's statement in one language."""
    return (task.root / f"statement.{language}.md").read_text(encoding="utf-8")


def _problems(
    settings: TaskFile, folder: Path, name: str, lines: dict[tuple[str, ...], int], metrics: Mapping[str, Metric]
) -> list[Problem]:
    """What no single key shows: keys against each other, against the metrics and against the folder."""
    found = [*_contradictions(settings, folder), *_metric_faults(settings, metrics)]
    problems = [
        Problem(file=name, line=toml_lines.line_of(lines, location), reason=reason, fix=fix)
        for location, reason, fix in found
    ]
    for required in ("prepare.py", *(f"statement.{language}.md" for language in LANGUAGES)):
        if not (folder / required).is_file():
            path = f"tasks/{folder.name}/{required}"
            problems.append(Problem(file=name, line=None, reason=f"{path} is missing", fix=f"write {path}"))
    return problems


_Fault = tuple[tuple[str, ...], str, str]


def _contradictions(settings: TaskFile, folder: Path) -> Iterator[_Fault]:
    if settings.id != folder.name:
        yield ("id",), f"`id` is {settings.id!r} but the folder is {folder.name!r}", "make the two equal"
    if settings.data.id in settings.data.target:
        yield ("data", "target"), "the id column is also a target", "name the columns that are predicted"
    if len(settings.data.target) > 1:
        yield ("data", "target"), "several targets are not supported yet", "name one column"
    if settings.sealed:
        yield ("sealed",), "sealed answers are not supported yet", "set `sealed = false`: a practice task"
    if not is_window(settings.board.opens, settings.board.closes):
        yield ("board", "closes"), "`closes` is not after `opens`", "correct one of the two"
    for name in (name for name in settings.board.by if name not in settings.metric.also):
        also = ", ".join(settings.metric.also) or "none yet"
        yield ("board", "by"), f"{name!r} is not in the metric's `also`", f"name metrics that are: {also}"


def _metric_faults(settings: TaskFile, metrics: Mapping[str, Metric]) -> Iterator[_Fault]:
    names = (settings.metric.name, *settings.metric.also)
    for unknown in (name for name in names if name not in metrics):
        yield ("metric",), f"there is no metric {unknown!r}", f"choose from {', '.join(metrics)}"
    needs = {metrics[name].needs for name in names if name in metrics}
    if len(needs) > 1:
        kinds = " and ".join(sorted(need.value for need in needs))
        yield ("metric", "also"), f"the metrics need different predictions: {kinds}", "name metrics that need the same"
    labels = settings.data.labels
    if needs & {Needs.LABEL, Needs.PROBABILITY} and not labels:
        yield ("data",), "a metric of labels needs `labels`", "list every label, as in `labels = [0, 1]`"
    binary = needs == {Needs.PROBABILITY} or "f1" in names
    if binary and labels and len(labels) != _BINARY:
        yield ("data", "labels"), "the metric takes two labels, the positive one last", "list two labels"


def _digest(settings: TaskFile, folder: Path) -> str:
    """Hash of what can change a score: scoring keys of the definition, the recipe, the metric, the source data."""
    dumped = settings.model_dump(mode="json", by_alias=True)
    scoring = {key: dumped[key] for key in _SCORING_KEYS}
    total = hashlib.sha256(json.dumps(scoring, sort_keys=True, ensure_ascii=True).encode())
    files = [folder / file for file in _SCORING_FILES]
    files += sorted(path for path in (folder / "source").rglob("*") if path.suffix != ".md")
    for path in files:
        if path.is_file():
            total.update(f"\n{path.relative_to(folder).as_posix()}\n".encode())
            total.update(hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()


def _budget(table: BudgetTable) -> Budget:
    return Budget(
        device=table.device,
        cpu_seconds=table.cpu_seconds,
        wall_seconds=table.wall_seconds,
        gpu_seconds=table.gpu_seconds,
        cpu_slot_seconds=table.cpu_slot_seconds,
        gpu_memory_bytes=table.gpu_memory,
        memory_bytes=table.memory,
        processes=table.processes,
        disk_bytes=table.disk,
        files=table.files,
        log_bytes=table.log,
    )


def _phase(whole: Budget, own: PhaseBudget | None) -> Budget | None:
    if own is None:
        return None
    return replace(whole, **own.model_dump(exclude_none=True))


def _task(settings: TaskFile, folder: Path) -> Task:
    data, rules, board = settings.data, settings.submissions, settings.board
    budget = _budget(settings.budget)
    return Task(
        id=settings.id,
        kind=settings.kind,
        title={"en": settings.title.en, "bn": settings.title.bn},
        tags=settings.tags,
        sealed=settings.sealed,
        data=DataSpec(
            id=data.id,
            target=data.target,
            labels=data.labels,
            train=data.train,
            test=data.test,
            sample_submission=data.sample_submission,
        ),
        submissions=SubmissionRules(
            accepts=tuple(Kind(kind) for kind in rules.accepts),
            max_bytes=rules.max_size,
            per_day=rules.per_day,
            failed_per_day=rules.failed_per_day,
        ),
        metric=settings.metric.name,
        also=settings.metric.also,
        budget=budget,
        protections=settings.sandbox.minimum,
        board=BoardRules(feedback=board.feedback, rule=board.rule, opens=board.opens, closes=board.closes, by=board.by),
        root=folder,
        digest=_digest(settings, folder),
        fit_budget=_phase(budget, settings.budget.fit),
        predict_budget=_phase(budget, settings.budget.predict),
    )
