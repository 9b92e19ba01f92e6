"""Load ``tasks/<id>/task.toml`` and what stands beside it."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from arena.catalog import edge, toml_lines
from arena.catalog.metric_choice import Fault, custom, custom_faults, metric_faults, needs
from arena.catalog.schema import BudgetTable, Data, ExerciseFile, PhaseBudget, PredictionFile, is_window
from arena.errors import InvalidFileError, Problem, UsageError
from arena.model.budget import Budget
from arena.model.metric import Metric
from arena.model.safe_text import safe_line
from arena.model.submission import Kind
from arena.model.task import BoardRules, DataSpec, Exercise, Function, SubmissionRules, Task, shown_as

LANGUAGES = ("en", "bn")
_Settings = PredictionFile | ExerciseFile
_SCHEMAS: dict[str, type[_Settings]] = {"prediction": PredictionFile, "exercise": ExerciseFile}
# What can change a score. Statements, titles, starters, examples and the board's dates can change without a regrade.
_SCORING_KEYS = ("schema", "id", "kind", "data", "metric", "functions", "exercise", "budget")
_SCORING_FILES = ("prepare.py", "metric.py", "cases.py", "reference.py", "harness.py")
# Of an exercise's table, what only leads on.
_NOT_SCORING = "next"
CASES_PASSED = "cases_passed"
# Keys that came later: a task that does not use them is still the version that it was.
_LATER_DATA = ("train_files", "test_files")
_LATER_METRIC = ("parameters", "custom")
# What stands beside a task's public files, here or on a learner's machine.
_OUR_NAMES = ("SHA256SUMS", "starter")


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
    schema = _SCHEMAS.get(str(toml_lines.parse(data, name).get("kind")), PredictionFile)
    settings, lines = edge.validated(data, name, schema)
    own = custom(settings) if isinstance(settings, PredictionFile) else None
    if own is not None:
        metrics = {**metrics, own.metric.name: own.metric}
    problems = _problems(settings, folder, name, lines, metrics)
    if problems:
        raise InvalidFileError(problems)
    return replace(_task(settings, folder, metrics), custom=own)


def statement(task: Task, language: str) -> str:
    """The task's statement in one language."""
    return (task.root / f"statement.{language}.md").read_text(encoding="utf-8")


def _problems(
    settings: _Settings, folder: Path, name: str, lines: dict[toml_lines.Place, int], metrics: Mapping[str, Metric]
) -> list[Problem]:
    """What no single key shows: keys against each other, against the metrics and against the folder."""
    found = list(_contradictions(settings, folder))
    if isinstance(settings, PredictionFile):
        found += [*_data_faults(settings), *metric_faults(settings, metrics), *custom_faults(settings, folder)]
    else:
        found += _exercise_faults(settings)
    problems = [
        Problem(file=name, line=toml_lines.line_of(lines, location), reason=reason, fix=fix)
        for location, reason, fix in found
    ]
    problems.sort(key=lambda problem: problem.line or 0)
    sources = ("prepare.py",) if isinstance(settings, PredictionFile) else ("cases.py", "reference.py")
    for required in (*sources, *(f"statement.{language}.md" for language in LANGUAGES)):
        if not (folder / required).is_file():
            path = f"tasks/{folder.name}/{required}"
            problems.append(Problem(file=name, line=None, reason=f"{path} is missing", fix=f"write {path}"))
    return problems


def _contradictions(settings: _Settings, folder: Path) -> Iterator[Fault]:
    if settings.id != folder.name:
        yield ("id",), f"`id` is {settings.id!r} but the folder is {folder.name!r}", "make the two equal"
    if settings.sealed:
        yield ("sealed",), "sealed answers are not supported yet", "set `sealed = false`: a practice task"
    if not is_window(settings.board.opens, settings.board.closes):
        yield ("board", "closes"), "`closes` is not after `opens`", "correct one of the two"
    if settings.late is not None and (settings.board.closes is None or settings.late.until <= settings.board.closes):
        yield ("late", "until"), "`until` is not after the board's `closes`", "correct one of the two"
    if (settings.board.baseline is None) != (settings.board.reference is None):
        key = "baseline" if settings.board.baseline else "reference"
        yield ("board", key), "points need a `baseline` and a `reference`", "name the other one, too"
    if settings.board.feedback != "exact":
        yield from _blunted_faults(settings)
    beside = settings.metric.also if isinstance(settings, PredictionFile) else ()
    for name in (name for name in settings.board.by if name not in beside):
        also = ", ".join(beside) or "none yet"
        yield ("board", "by"), f"{name!r} is not in the metric's `also`", f"name metrics that are: {also}"


def _blunted_faults(settings: _Settings) -> Iterator[Fault]:
    place, fix = ("board", "feedback"), 'set `feedback = "exact"`'
    if isinstance(settings, ExerciseFile):
        yield place, "learners of an exercise are told of each case, so there is nothing to blunt", fix
    elif settings.metric.custom is not None:
        yield place, "a task's own metric tells no standard error, which this rule needs", fix


def _data_faults(settings: PredictionFile) -> Iterator[Fault]:
    if settings.data.id in settings.data.target:
        yield ("data", "target"), "the id column is also a target", "name the columns that are predicted"
    if taken := _shown_twice(settings.data):
        yield ("data",), f"two public files would be shown as {taken!r}", "give one of them another name"
    if "exercise" in settings.submissions.accepts:
        yield ("submissions", "accepts"), "a prediction task takes no `exercise`", "remove it"


def _shown_twice(data: Data) -> str | None:
    """A name that two public files, or a file and one of ours, would share where they are used."""
    names = (data.train, data.test, data.sample_submission, *data.train_files, *data.test_files)
    seen = {name.casefold() for name in _OUR_NAMES}
    for name in (shown_as(name).casefold() for name in names):
        if name in seen:
            return name
        seen.add(name)
    return None


def _exercise_faults(settings: ExerciseFile) -> Iterator[Fault]:
    if settings.submissions.accepts != ("exercise",):
        yield ("submissions", "accepts"), "an exercise takes nothing else", 'set `accepts = ["exercise"]`'
    if settings.budget.fit or settings.budget.predict:
        yield ("budget",), "`fit` and `predict` are phases of a model", "remove them"
    if settings.exercise.case_seconds > settings.budget.wall_seconds:
        yield ("exercise", "case_seconds"), "a case may take longer than all together", "lower it"
    if settings.exercise.next == settings.id:
        yield ("exercise", "next"), "it leads to itself", "name the task that comes next, or remove it"


def _digest(settings: _Settings, folder: Path) -> str:
    """Hash of what can change a score: scoring keys of the definition, the task's own code, the source data."""
    dumped = settings.model_dump(mode="json", by_alias=True)
    scoring = {key: dumped[key] for key in _SCORING_KEYS if key in dumped}
    scoring.get("exercise", {}).pop(_NOT_SCORING, None)
    data = scoring.get("data", {})
    for key in _LATER_DATA:
        if not data.get(key):
            data.pop(key, None)
    for key in _LATER_METRIC:
        if not scoring.get("metric", {}).get(key):
            scoring.get("metric", {}).pop(key, None)
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


def _work(settings: _Settings, metrics: Mapping[str, Metric]) -> DataSpec | Exercise:
    if isinstance(settings, PredictionFile):
        data = settings.data
        return DataSpec(
            id=data.id,
            target=data.target,
            labels=data.labels,
            train=data.train,
            test=data.test,
            sample_submission=data.sample_submission,
            train_files=data.train_files,
            test_files=data.test_files,
            needs=needs(settings, metrics),
        )
    return Exercise(
        functions=tuple(Function(**function.model_dump()) for function in settings.functions),
        preload=settings.exercise.preload,
        case_seconds=settings.exercise.case_seconds,
        following=settings.exercise.next,
    )


def _task(settings: _Settings, folder: Path, metrics: Mapping[str, Metric]) -> Task:
    rules, board = settings.submissions, settings.board
    budget = _budget(settings.budget)
    return Task(
        id=settings.id,
        title={"en": settings.title.en, "bn": settings.title.bn},
        tags=settings.tags,
        sealed=settings.sealed,
        work=_work(settings, metrics),
        submissions=SubmissionRules(
            accepts=tuple(Kind(kind) for kind in rules.accepts),
            max_bytes=rules.max_size,
            per_day=rules.per_day,
            failed_per_day=rules.failed_per_day,
            total=rules.total,
            final_picks=rules.final_picks,
        ),
        metric=settings.metric.name if isinstance(settings, PredictionFile) else CASES_PASSED,
        also=settings.metric.also if isinstance(settings, PredictionFile) else (),
        budget=budget,
        protections=settings.sandbox.minimum,
        board=BoardRules(
            feedback=board.feedback,
            rule=board.rule,
            opens=board.opens,
            closes=board.closes,
            by=board.by,
            late_until=settings.late.until if settings.late else None,
            baseline=board.baseline,
            reference=board.reference,
        ),
        root=folder,
        digest=_digest(settings, folder),
        fit_budget=_phase(budget, settings.budget.fit),
        predict_budget=_phase(budget, settings.budget.predict),
        parameters=settings.metric.parameters if isinstance(settings, PredictionFile) else {},
    )
