"""The job of a task's own metric, and what it leaves.

Its code is not trusted: it is given the answers of this task and one table of predictions, as text over standard input,
and what it says is read here as hostile. It never shares a sandbox with a submission.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import assert_never

from arena.model.metric import CustomMetric
from arena.model.task import Task
from arena.sandbox.interface import Exited, Finished, Job, Killed, Mount, Signalled

RESULT = "scores.json"
_SOURCE = "/kaggle/src"
_MAX_RESULT_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Split:
    """Some rows of the hidden split, as CSV with a header: the truth, and what was predicted, in one order."""

    name: str
    solution: bytes
    submission: bytes


@dataclass(frozen=True, slots=True)
class Refused:
    """The metric says that the predictions cannot be scored, on which split, and in its words why."""

    split: str
    text: str


@dataclass(frozen=True, slots=True)
class Broken:
    """There are no scores, and how that shows."""

    how: str


def metric_job(task: Task, custom: CustomMetric, splits: Sequence[Split], *, text: Sequence[Sequence[str]]) -> Job:
    """Score each split; ``text`` are the columns, of solutions and of submissions, that are text whatever they hold."""
    header = {
        "folder": _SOURCE,
        "function": custom.function,
        "id": task.data.id,
        "text": [list(columns) for columns in text],
        "splits": [[split.name, len(split.solution), len(split.submission)] for split in splits],
    }
    tables = [table for split in splits for table in (split.solution, split.submission)]
    return Job(
        module="metric",
        arguments=(),
        mounts=(Mount(source=task.root / "metric.py", target=f"{_SOURCE}/metric.py"),),
        environment={"ARENA_TASK": task.id, "ARENA_SEED": str(task.seed)},
        budget=custom.budget,
        outputs=(RESULT,),
        output_max_bytes=_MAX_RESULT_BYTES,
        stdin=b"".join([json.dumps(header).encode(), b"\n", *tables]),
    )


def read_result(run: Finished, splits: Sequence[str]) -> Mapping[str, float] | Refused | Broken:
    """A number for each split, which may be any; or why there is none."""
    if run.ending != Exited(0):
        return Broken(_ended(run))
    if fault := run.faults.get(RESULT):
        return Broken(f"its result is {fault}")
    try:
        said = json.loads(run.outputs[RESULT])
        if "refused" in said:
            return Refused(split=str(said["split"])[:20], text=str(said["refused"])[:1000])
        if set(said["scores"]) != set(splits) or not all(type(value) is float for value in said["scores"].values()):
            return Broken("its result is not a number for each split")
        return {split: said["scores"][split] for split in splits}
    except (ValueError, KeyError, TypeError, RecursionError):
        return Broken("its result cannot be read")


def _ended(run: Finished) -> str:
    match run.ending:
        case Exited(code):
            return f"exit code {code}"
        case Signalled(number):
            return f"signal {number}"
        case Killed(reason):
            return f"stopped: {reason.value}"
    assert_never(run.ending)
