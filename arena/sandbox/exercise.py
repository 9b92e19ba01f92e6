"""The jobs of an exercise, and what they leave.

What is expected enters none of them. The arguments come over standard input, which each case's process reads for itself
(see ``guest/exercise.py``); what a case returned comes back as bytes of its own and is read here, as hostile.
"""

import io
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from arena.model.budget import Budget
from arena.model.task import Task
from arena.sandbox.guest import values
from arena.sandbox.interface import Job, Mount, SandboxFailedError

RESULTS = "results"
DRAWN = "cases.json"
_SOURCE = "/kaggle/src"
_HARNESS = "/arena/job/harness.py"
_MAX_RESULTS_BYTES = 256 * 1024**2
_MAX_DRAWN_BYTES = 64 * 1024**2
# What a job may take to draw the cases.
_DRAW_SECONDS = 600
# The cases' time ends so long before the job's, which would take all their results along.
_MARGIN = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A case as a guest sees it; ``arguments`` are ``[args, kwargs]`` as ``values`` writes them."""

    function: str
    arguments: bytes
    seconds: float
    mutates: bool


@dataclass(frozen=True, slots=True)
class Returned:
    """The function's result; ``changed``: its arguments are not what they were."""

    value: Any
    changed: bool


@dataclass(frozen=True, slots=True)
class Raised:
    """It raised: the names of the exception's class and of those that this derives from, and its traceback."""

    classes: tuple[str, ...]
    text: str
    at_import: bool
    changed: bool

    @property
    def last_line(self) -> str:
        """The exception itself, of the whole traceback."""
        lines = [line for line in self.text.splitlines() if line.strip() and not line.startswith(" ")]
        return lines[-1] if lines else next(iter(self.classes), "?")


@dataclass(frozen=True, slots=True)
class Missing:
    """The solution has no such name."""

    name: str


@dataclass(frozen=True, slots=True)
class NotPlain:
    """What it returned does not cross."""

    reason: str


@dataclass(frozen=True, slots=True)
class Died:
    """Its process ended by itself, without a report."""

    how: str


@dataclass(frozen=True, slots=True)
class TooSlow:
    """It was stopped: it took longer than a case may, or ``together`` the time of all cases was used up."""

    together: bool


Ending = Returned | Raised | Missing | NotPlain | Died | TooSlow


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseRun:
    """How a case ended, and what it printed."""

    ending: Ending
    printed: str


class PreloadError(Exception):
    """No case was run: the packages that the task names cannot be imported, or not so that one can fork afterwards."""


def draw_job(task: Task, seeds: Sequence[int]) -> Job:
    """The task's ``cases.py``, beside the task's other code; it leaves ``DRAWN``."""
    spec = {"folder": _SOURCE, "seeds": [f"{seed:x}" for seed in seeds]}
    names = [name for name in ("cases.py", "reference.py", "harness.py") if (task.root / name).is_file()]
    return Job(
        module="cases",
        arguments=(),
        mounts=tuple(Mount(source=task.root / name, target=f"{_SOURCE}/{name}") for name in names),
        environment=_environment(task),
        budget=replace(task.budget, wall_seconds=_DRAW_SECONDS, cpu_seconds=_DRAW_SECONDS),
        outputs=(DRAWN,),
        output_max_bytes=_MAX_DRAWN_BYTES,
        stdin=json.dumps(spec).encode(),
    )


def calls_job(task: Task, calls: Sequence[Call], *, source: Path, solution: str, budget: Budget, quiet: bool) -> Job:
    """Call functions of ``solution``, a file in the folder or the file ``source``; it leaves ``RESULTS``."""
    harness = task.root / "harness.py"
    mounts = [Mount(source=source, target=_SOURCE if source.is_dir() else f"{_SOURCE}/{source.name}")]
    if harness.is_file():
        mounts.append(Mount(source=harness, target=_HARNESS))
    limit = min(budget.wall_seconds, budget.device_seconds or budget.wall_seconds)
    header = json.dumps(
        {
            "preload": task.exercise.preload,
            "solution": f"{_SOURCE}/{solution}",
            "harness": _HARNESS if harness.is_file() else None,
            "quiet": quiet,
            "seconds": limit * (1 - _MARGIN),
            "memory": budget.memory_bytes,
            "cases": [
                {
                    "function": call.function,
                    "size": len(call.arguments),
                    "seconds": call.seconds,
                    "mutates": call.mutates,
                }
                for call in calls
            ],
        }
    ).encode()
    return Job(
        module="exercise",
        arguments=(),
        mounts=tuple(mounts),
        environment=_environment(task),
        budget=budget,
        outputs=(RESULTS,),
        output_max_bytes=_MAX_RESULTS_BYTES,
        stdin=b"".join([len(header).to_bytes(8, "big"), header, *(call.arguments for call in calls)]),
    )


def _environment(task: Task) -> dict[str, str]:
    return {"ARENA_TASK": task.id, "ARENA_SEED": str(task.seed)}


def read_results(data: bytes, count: int) -> list[CaseRun]:
    """What the job of ``count`` calls left.

    Raises:
        PreloadError: no call was made.
        SandboxFailedError: it is not what the guest writes.
    """
    stream = io.BytesIO(data)
    try:
        if failed := json.loads(stream.readline())["failed"]:
            raise PreloadError(str(failed))
        return [_case_run(stream) for _ in range(count)]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise SandboxFailedError("sandbox.failed", detail="the results of the cases cannot be read") from error


def _case_run(stream: io.BytesIO) -> CaseRun:
    head = json.loads(stream.readline())
    report, printed = (stream.read(max(int(head[name]), 0)) for name in ("report", "printed"))
    ending = _ending(str(head["ended"]), str(head["how"]), report)
    return CaseRun(ending=ending, printed=printed.decode("utf-8", "replace"))


def _ending(word: str, how: str, report: bytes) -> Ending:
    match word:
        case "reported":
            return _reported(report)
        case "died":
            return Died(how)
        case "too_slow" | "no_time":
            return TooSlow(together=word == "no_time")
        case "too_large":
            return NotPlain("all results together are too large")
        case _:
            raise ValueError("an unknown word")


def _reported(data: bytes) -> Ending:
    """What a case's own process says of itself. It may say anything."""
    try:
        report = values.parse(data)
        changed = report.get("changed") is True
        if "returned" in report:
            return Returned(values.decode(report["returned"]), changed)
        if "raised" in report:
            classes = tuple(str(name)[:100] for name in report["raised"][:20])
            return Raised(classes, str(report.get("text", ""))[:4000], report["at_import"] is True, changed)
        if "missing" in report:
            return Missing(str(report["missing"])[:100])
        return NotPlain(str(report["not_plain"])[:200])
    except values.NotPlainError as error:
        return NotPlain(str(error))
    except (KeyError, TypeError, AttributeError):
        return NotPlain("it cannot be read")
