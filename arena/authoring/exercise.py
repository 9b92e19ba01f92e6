"""Build an exercise: draw its cases, ask the reference what is right, keep the hidden ones.

The reference runs exactly as a solution does, so what it returns has crossed the same wall; a case that states itself
what is expected is held against the reference, too.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from arena.authoring.public import verify_public, write_public
from arena.errors import TaskError
from arena.exercises.case import Between, Case, Raises, Value, call_of, dump_cases, parse_cases, parse_drawn
from arena.exercises.compare import difference
from arena.exercises.result import judge
from arena.model.device import DeviceKind
from arena.model.safe_text import safe_block
from arena.model.task import CASES, Task
from arena.sandbox import jobs
from arena.sandbox.exercise import (
    DRAWN,
    RESULTS,
    CaseRun,
    PreloadError,
    Raised,
    Returned,
    calls_job,
    draw_job,
    read_results,
)
from arena.sandbox.guest import values
from arena.sandbox.interface import Exited, Finished, Launcher
from arena.vault.plain import PlainVault

_REFERENCE = "reference.py"
_LOG = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class BuiltExercise:
    """What a build made. ``changed`` are the public files that it wrote."""

    public: tuple[str, ...]
    public_cases: int
    hidden_cases: int
    changed: tuple[str, ...]


def build_exercise(task: Task, vault: PlainVault, launcher: Launcher, *, update: bool, repeat: bool) -> BuiltExercise:
    """Draw the cases from the vault's seed and have the reference answer them.

    What is there already, public or in the vault, stays where it is the same up to each case's tolerance: the last bits
    of a result differ from machine to machine.

    Raises:
        TaskError: the task's code fails, contradicts itself, or made other public files than are there.
    """
    public, hidden = _made(task, vault.seed(task.id), launcher)
    if repeat and not all(map(_same, (public, hidden), _made(task, vault.seed(task.id), launcher))):
        raise TaskError("cases.not_deterministic", task=task.id)
    changed: tuple[str, ...] = ()
    if update or not (task.public_dir / CASES).is_file():
        changed = write_public(task, {CASES: dump_cases(public)}, update=update)
    verify_public(task)
    if not _same(public, parse_cases((task.public_dir / CASES).read_bytes(), task)):
        raise TaskError("task.public_differs", task=task.id, file=f"public/{CASES}")
    vault.put_cases(task, dump_cases(hidden))
    if not _same(hidden, parse_cases(vault.cases(task), task)):
        raise TaskError("answers.changed", task=task.id)
    return BuiltExercise(public=(CASES,), public_cases=len(public), hidden_cases=len(hidden), changed=changed)


def _made(task: Task, seed: int, launcher: Launcher) -> tuple[tuple[Case, ...], tuple[Case, ...]]:
    """The public and the hidden cases, each with what is expected."""
    # From another seed, too: names must not depend on it, and something else must.
    other = int.from_bytes(hashlib.sha256(f"{seed:x}".encode()).digest()[:16], "big")
    run = launcher.run(draw_job(task, (seed, other)))
    _refuse_failed(task, run, "cases.py", DRAWN)
    drawn = parse_drawn(run.outputs[DRAWN], task)
    mine, others = drawn.hidden
    if all(call_of(one) == call_of(two) for one, two in zip(mine, others, strict=True)):
        raise TaskError("cases.unusable", task=task.id, reason="hidden() gives the same cases for every seed")
    answered = _answered(task, (*drawn.public, *mine), launcher)
    return answered[: len(drawn.public)], answered[len(drawn.public) :]


def _answered(task: Task, cases: Sequence[Case], launcher: Launcher) -> tuple[Case, ...]:
    """The cases with what the reference returned, where nothing else is expected; of the others, it must pass all."""
    budget = jobs.on_device(task.budget, DeviceKind.CPU_SLOT)
    calls = [call_of(case) for case in cases]
    job = calls_job(task, calls, source=task.root / _REFERENCE, solution=_REFERENCE, budget=budget, quiet=False)
    run = launcher.run(job)
    _refuse_failed(task, run, _REFERENCE, RESULTS)
    try:
        ran = read_results(run.outputs[RESULTS], len(cases))
    except PreloadError as error:
        raise TaskError("cases.preload_failed", task=task.id, reason=str(error)) from error
    answered = []
    for case, ended in zip(cases, ran, strict=True):
        whole = case
        if case.expected is None and isinstance(ended.ending, Returned):
            whole = replace(case, expected=Value(ended.ending.value))
        if whole.expected is None or judge(whole, ended) is not None:
            raise TaskError("cases.reference_failed", task=task.id, case=case.label, how=_how(whole, ended))
        answered.append(whole)
    return tuple(answered)


def _how(case: Case, ended: CaseRun) -> str:
    wrong = judge(case, ended)
    text = "it gives no value"
    if wrong:
        text = f"{wrong.kind.value}: {', '.join(f'{name} {value}' for name, value in wrong.message.params.items())}"
    trace = ended.ending.text if isinstance(ended.ending, Raised) else ""
    return safe_block(f"{text}\n{trace}".rstrip())[-_LOG:]


def _refuse_failed(task: Task, run: Finished, file: str, output: str) -> None:
    if run.ending != Exited(0) or output not in run.outputs:
        log = safe_block(run.log.decode("utf-8", "replace"))[-_LOG:]
        raise TaskError("cases.failed", task=task.id, file=file, ending=str(run.ending), log=log)


def _same(cases: Sequence[Case], others: Sequence[Case]) -> bool:
    """Whether two lists are the same cases, numbers up to each case's tolerance."""
    return len(cases) == len(others) and all(map(_alike, cases, others))


def _alike(one: Case, other: Case) -> bool:
    terms = [(case.label, dict(case.name), case.rtol, case.atol, case.seconds, case.mutates) for case in (one, other)]
    if terms[0] != terms[1] or type(one.expected) is not type(other.expected):
        return False
    mine, theirs = _values(one), _values(other)
    # A number may differ in its last bits; what kind of thing it is may not.
    same_kinds = _kinds(values.encode(mine)) == _kinds(values.encode(theirs))
    return same_kinds and difference(mine, Value(theirs), rtol=one.rtol, atol=one.atol) is None


def _values(case: Case) -> list[Any]:
    """All values of a case, in one."""
    match case.expected:
        case Value(value):
            expected = [value]
        case Between(low, high):
            expected = [low, high]
        case Raises(name):
            expected = [name]
        case None:
            expected = []
    return [list(case.args), dict(case.kwargs), expected]


def _kinds(node: object) -> object:
    """What ``values.encode`` made, without the numbers."""
    if isinstance(node, list):
        return [_kinds(each) for each in node]
    if isinstance(node, dict):
        return {name: None if name == "data" else _kinds(part) for name, part in node.items()}
    return 0.0 if isinstance(node, float) else node
