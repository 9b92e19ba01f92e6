"""Grade many submissions one after the other, each in a scratch folder of its own."""

import contextlib
import logging
import secrets
import shutil
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from arena.errors import ArenaError, InfrastructureError
from arena.intake.shelf import Entry
from arena.model.message import Message
from arena.model.outcome import Fault, Outcome
from arena.model.task import Task
from arena.model.team import parse_team
from arena.pipeline.grade import Graded, grade
from arena.pipeline.stages import Stages

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What became of one entry of the shelf. ``team`` is canonical where the entry's folder was a valid name."""

    entry: Entry
    team: str | None
    graded: Graded


@contextlib.contextmanager
def scratch_folder(state: Path) -> Iterator[Path]:
    """A folder that is gone afterwards; if this process is killed, ``sweep`` of the next one removes it."""
    root = state / "scratch"
    root.mkdir(parents=True, exist_ok=True)
    folder = root / secrets.token_hex(8)
    lock = root / f"{folder.name}.lock"
    try:
        with FileLock(lock):
            folder.mkdir()
            try:
                yield folder
            finally:
                shutil.rmtree(folder, ignore_errors=True)
    finally:
        lock.unlink(missing_ok=True)


def sweep(state: Path) -> int:
    """Remove what killed processes left behind: scratch folders that nobody holds any more. Return how many."""
    removed = 0
    for path in (state / "scratch").glob("*.lock"):
        with contextlib.suppress(Timeout), FileLock(path, timeout=0):
            folder = path.with_suffix("")
            if folder.is_dir():
                shutil.rmtree(folder, ignore_errors=True)
                removed += 1
            path.unlink(missing_ok=True)
    return removed


def waiting(entries: Iterable[Entry], task: Task, stages: Stages) -> int:
    """How many things on the shelf have no record: by count of records, which costs no reading of submissions."""
    shelved = sum(entry.task == task.id for entry in entries)
    records = stages.ledger.records(task.id)
    graded = {(record.team, record.submission_digest) for record in records if record.task_digest == task.digest}
    return max(0, shelved - len(graded))


def grade_all(
    entries: list[Entry], *, load: Callable[[str], Task], stages: Stages, again: bool, reason: str | None = None
) -> Iterator[Result]:
    """Grade each entry; one that cannot be graded does not stop the others.

    All of them count as received when the grader came to the shelf: in which order it then takes them decides no tie.
    """
    received_at = stages.now()
    for entry in entries:
        team = None
        try:
            team = parse_team(entry.team)
            task = load(entry.task)
            with scratch_folder(stages.state) as scratch:
                graded = grade(
                    entry.path,
                    task=task,
                    team=team,
                    stages=stages,
                    scratch=scratch,
                    again=again,
                    reason=reason,
                    received_at=received_at,
                )
        except ArenaError as error:
            graded = _failed(error)
        except OSError as error:
            graded = _failed(InfrastructureError("machine.failed", reason=f"{error.strerror or error}"))
        except Exception as error:  # noqa: BLE001 - the outermost boundary: it must not stop the others
            # A fault of ours that nobody thought of. Its text may quote answers: it is for the operator alone.
            _LOG.exception("%s could not be graded", entry.label)
            graded = _failed(InfrastructureError("machine.failed", reason=type(error).__name__))
        yield Result(entry=entry, team=team, graded=graded)


_OUTCOMES = {2: Outcome.REJECTED, 3: Outcome.REJECTED, 4: Outcome.TASK_ERROR, 6: Outcome.DENIED}


def _failed(error: ArenaError) -> Graded:
    outcome = _OUTCOMES.get(error.exit_code, Outcome.INFRASTRUCTURE_ERROR)
    message = Message.of(error.message_id, **{name: str(value) for name, value in error.params.items()})
    return Graded(outcome=outcome, messages=(message,), record=None, is_new=False)


def exit_code(results: list[Result]) -> int:
    """The exit code of a whole run: ours before the task's before the submissions', which alone never fail a run."""
    faults = {result.graded.outcome.fault for result in results}
    for fault, code in ((Fault.OURS, 5), (Fault.TASK, 4)):
        if fault in faults:
            return code
    return 0
