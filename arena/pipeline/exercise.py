"""Run the cases of an exercise: the public ones, then, as a job of its own, the hidden ones.

The two share nothing. Of the second, no byte that the submission could have written is kept: its log is dropped, what
its cases print or raise is not asked for, and a case leaves no more than its name and the kind of mismatch.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from arena.errors import TaskError
from arena.exercises.case import Case, call_of, parse_cases
from arena.exercises.result import Result, judged
from arena.model.budget import Budget, Usage
from arena.model.message import Message
from arena.model.outcome import Outcome
from arena.model.safe_text import safe_line
from arena.model.submission import Submission
from arena.model.task import CASES, Task
from arena.pipeline.placing import Place
from arena.pipeline.stages import Stages
from arena.sandbox import jobs
from arena.sandbox.exercise import RESULTS, CaseRun, PreloadError, Raised, calls_job, read_results
from arena.sandbox.interface import Finished, Job, Launcher
from arena.sandbox.verdict import Spent, leased_limit, spent_by, verdict

Failed = tuple[Outcome, Message]


@dataclass(frozen=True, slots=True, kw_only=True)
class Examined:
    """How it ended. ``failed`` says why nothing is scored; else ``results`` has the public cases, then the hidden."""

    usage: Usage
    protections: tuple[str, ...]
    failed: Failed | None = None
    results: tuple[Result, ...] = ()
    log: bytes = b""


def examine(
    submission: Submission, task: Task, stages: Stages, launcher: Launcher, place: Place, *, whole: bool
) -> Examined:
    """Run the public cases and, if ``whole``, the hidden ones from the vault; both share the task's budget.

    Raises:
        TaskError: the cases cannot be used.
    """
    public, allowed = public_cases(task), place.allowed(task.budget)
    run = launcher.run(place.dress(_job(submission, task, public, allowed, quiet=False)))
    ended = Examined(usage=run.usage, protections=launcher.protections, log=run.log)
    ran = _read(run, task, len(public), allowed, spent_by(allowed, public=run))
    if isinstance(ran, tuple):
        return replace(ended, failed=ran)
    ended = replace(ended, log=_printed(public, ran))
    if broken := _not_importable(ran):
        return replace(ended, failed=(Outcome.CRASHED, broken))
    results = [judged(case, each, is_public=True) for case, each in zip(public, ran, strict=True)]
    if not whole:
        return replace(ended, results=tuple(results))
    hidden = parse_cases(stages.vault.cases(task), task)
    left = jobs.left_of(allowed, wall_s=run.usage.wall_s, cpu_s=run.usage.cpu_s)
    second = launcher.run(place.dress(_job(submission, task, hidden, left, quiet=True)))
    usage = run.usage + second.usage
    ended = replace(ended, usage=replace(usage, charged=min(usage.charged, leased_limit(allowed))))
    ran = _read(second, task, len(hidden), allowed, spent_by(allowed, public=run, hidden=second))
    if isinstance(ran, tuple):
        return replace(ended, failed=_unspoken(ran))
    results += [judged(case, each, is_public=False) for case, each in zip(hidden, ran, strict=True)]
    return replace(ended, results=tuple(results))


def public_cases(task: Task) -> tuple[Case, ...]:
    """The cases that learners know.

    Raises:
        TaskError: they cannot be used.
    """
    try:
        return parse_cases((task.public_dir / CASES).read_bytes(), task)
    except FileNotFoundError as error:
        raise TaskError("task.not_built", task=task.id) from error


def _job(submission: Submission, task: Task, cases: Sequence[Case], budget: Budget, *, quiet: bool) -> Job:
    calls = [call_of(case) for case in cases]
    return calls_job(task, calls, source=submission.root, solution=submission.entry, budget=budget, quiet=quiet)


def _read(run: Finished, task: Task, count: int, budget: Budget, spent: Spent) -> list[CaseRun] | Failed:
    """How each case ended, or how the job failed as a whole."""
    if failed := verdict(run, budget, RESULTS, spent):
        return failed
    try:
        return read_results(run.outputs[RESULTS], count)
    except PreloadError as error:
        raise TaskError("cases.preload_failed", task=task.id, reason=str(error)) from error


def _not_importable(ran: Sequence[CaseRun]) -> Message | None:
    """That no case could be run at all, since ``solution.py`` itself raises."""
    errors = [each.ending for each in ran if isinstance(each.ending, Raised) and each.ending.at_import]
    if not errors or len(errors) < len(ran):
        return None
    return Message.of("run.not_importable", error=safe_line(errors[0].last_line, 200))


def _unspoken(failed: Failed) -> Failed:
    """The failure of the hidden cases' job, without what a submission could choose to say: an exit code, a signal."""
    outcome, message = failed
    return (outcome, Message.of("run.crashed_hidden")) if outcome is Outcome.CRASHED else (outcome, message)


def _printed(cases: Sequence[Case], ran: Sequence[CaseRun]) -> bytes:
    """What the public cases printed and raised, each below its name."""
    parts = []
    for case, each in zip(cases, ran, strict=True):
        text = each.printed + (each.ending.text if isinstance(each.ending, Raised) else "")
        if text:
            parts.append(f"--- {case.label}\n{text.rstrip()}\n")
    return "".join(parts).encode("utf-8", "replace")
