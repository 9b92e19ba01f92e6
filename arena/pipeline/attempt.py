"""Run a submission and hold its table against the contract. No answers are needed: ``arena check`` is exactly this."""

import io
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO

from arena.errors import InfrastructureError
from arena.exercises.result import Result
from arena.intake import notebook, requirements
from arena.model.budget import Usage
from arena.model.message import Message
from arena.model.outcome import Outcome
from arena.model.submission import Kind, Submission
from arena.model.task import Task
from arena.pipeline.contracts import contract_of
from arena.pipeline.exercise import Examined, examine
from arena.pipeline.placing import Place, placed
from arena.pipeline.stages import Stages
from arena.predictions.accept import accept
from arena.predictions.contract import Invalid, Predictions
from arena.sandbox import jobs
from arena.sandbox.interface import Finished, Launcher
from arena.sandbox.verdict import leased_limit, spent_by, verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """How an execution ended.

    Where ``outcome`` is ``SCORED``, which it is before it is scored, either ``predictions`` is there or ``cases`` are.
    """

    outcome: Outcome
    messages: tuple[Message, ...]
    usage: Usage
    log: bytes = b""
    protections: tuple[str, ...] = ()
    predictions: Predictions | None = None
    cases: tuple[Result, ...] = ()
    notes: tuple[Message, ...] = ()


def attempt(
    submission: Submission, task: Task, stages: Stages, scratch: Path, *, name: str, whole: bool = False
) -> Attempt:
    """Run the submission and hold its table against the contract. Needs no answers: ``check`` is exactly this.

    ``name`` is the attempt's id, under which it leases a device. ``whole``: of an exercise the hidden cases, too, which
    only a machine with the vault has.
    """
    if submission.kind is Kind.PREDICTIONS:
        parquet = submission.entry.casefold().endswith(".parquet")
        ended = Attempt(outcome=Outcome.SCORED, messages=(), usage=Usage())
        with (submission.root / submission.entry).open("rb") as file:
            return _checked(file, task, ended, parquet=parquet)
    cells, wanted, unusable = _sources(submission)
    if unusable is not None:
        return Attempt(outcome=Outcome.REJECTED, messages=(unusable,), usage=Usage())
    notes = tuple(requirements.compare(wanted, stages.runtime().packages())) if wanted else ()
    if submission.kind is Kind.ARTIFACT and (lacking := jobs.library_lacking(submission, stages.runtime().packages())):
        raise InfrastructureError("sandbox.runtime_lacks", suffix=lacking[0], package=lacking[1])
    launcher, masks, folders = stages.launcher(task), stages.masks(task), stages.folders(task)
    with placed(task, stages, name) as place:
        if submission.kind is Kind.EXERCISE:
            return _examined(examine(submission, task, stages, launcher, place, whole=whole), notes)
        if submission.kind is Kind.MODEL:
            run, usage, log, failed = _fit_and_predict(
                submission, task, launcher, place, scratch=scratch, masks=masks, folders=folders
            )
        else:
            if submission.kind is Kind.ARTIFACT:
                budget = place.allowed(task.predict_budget or task.budget)
                job = jobs.artifact_job(submission, task, budget=budget, scratch=scratch, masks=masks, folders=folders)
            else:
                budget = place.allowed(task.budget)
                job = jobs.program_job(
                    submission, task, cells=cells, budget=budget, scratch=scratch, masks=masks, folders=folders
                )
            run = launcher.run(place.dress(job))
            usage, log, failed = run.usage, run.log, verdict(run, budget, jobs.SUBMISSION, spent_by(budget, run=run))
    outcome, messages = (failed[0], (failed[1],)) if failed else (Outcome.SCORED, ())
    ended = Attempt(
        outcome=outcome, messages=messages, usage=usage, log=log, protections=launcher.protections, notes=notes
    )
    return ended if failed else _checked(io.BytesIO(run.outputs[jobs.SUBMISSION]), task, ended, parquet=False)


def _examined(ran: Examined, notes: tuple[Message, ...]) -> Attempt:
    outcome, messages = (ran.failed[0], (ran.failed[1],)) if ran.failed else (Outcome.SCORED, ())
    return Attempt(
        outcome=outcome,
        messages=messages,
        usage=ran.usage,
        log=ran.log,
        protections=ran.protections,
        cases=ran.results,
        notes=notes,
    )


def _sources(submission: Submission) -> tuple[bytes | None, list[str], Message | None]:
    """The notebook's cells, what the submission asks to be installed, and why its sources cannot run."""
    wanted: list[str] = []
    listed = submission.root / "requirements.txt"
    if listed.is_file():
        wanted += requirements.from_file(listed.read_bytes().decode("utf-8", "replace"))
    if not jobs.is_notebook(submission):
        return None, wanted, None
    converted = notebook.convert((submission.root / submission.entry).read_bytes())
    if isinstance(converted, notebook.Unusable):
        return None, wanted, converted.message
    for line in converted.requirements:
        wanted += requirements.from_pip(line)
    return json.dumps(converted.cells).encode(), wanted, None


def _fit_and_predict(
    submission: Submission,
    task: Task,
    launcher: Launcher,
    place: Place,
    *,
    scratch: Path,
    masks: Sequence[Path],
    folders: jobs.Folders,
) -> tuple[Finished, Usage, bytes, tuple[Outcome, Message] | None]:
    whole = place.allowed(task.budget)
    fitting = place.allowed(task.fit_budget) if task.fit_budget else whole
    job = jobs.fit_job(submission, task, budget=fitting, scratch=scratch, masks=masks, folders=folders)
    fitted = launcher.run(place.dress(job))
    if failed := verdict(fitted, fitting, jobs.FITTED, spent_by(fitting, fit=fitted)):
        return fitted, fitted.usage, fitted.log, failed
    if task.predict_budget is not None or task.fit_budget is not None:
        allowed = left = place.allowed(task.predict_budget) if task.predict_budget else whole
    else:
        # One budget for both: what the message counts together is what they share.
        allowed, left = whole, jobs.left_of(whole, wall_s=fitted.usage.wall_s, cpu_s=fitted.usage.cpu_s)
    packed = fitted.outputs[jobs.FITTED]
    job = jobs.predict_job(submission, task, fitted=packed, budget=left, scratch=scratch, masks=masks, folders=folders)
    run = launcher.run(place.dress(job))
    spent = spent_by(allowed, fit=fitted, predict=run) if allowed is not left else spent_by(allowed, predict=run)
    failed = verdict(run, allowed, jobs.SUBMISSION, spent)
    usage = fitted.usage + run.usage
    if allowed is whole:
        usage = replace(usage, charged=min(usage.charged, leased_limit(whole)))
    return run, usage, fitted.log + run.log, failed


def _checked(table: BinaryIO, task: Task, ended: Attempt, *, parquet: bool) -> Attempt:
    result = accept(table, contract_of(task), parquet=parquet)
    if isinstance(result, Invalid):
        return replace(ended, outcome=Outcome.INVALID_PREDICTIONS, messages=result.messages)
    return replace(ended, predictions=result)
