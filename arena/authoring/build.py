"""Build a task: run its recipe in the sandbox, write what is public, keep the answers."""

from collections.abc import Callable
from dataclasses import dataclass

from arena.authoring.exercise import BuiltExercise, build_exercise
from arena.authoring.public import verify_public, write_public
from arena.errors import TaskError
from arena.model.safe_text import safe_block
from arena.model.task import Task
from arena.sandbox.interface import Exited, Launcher
from arena.sandbox.jobs import prepare_job
from arena.vault.plain import PlainVault, parse_answers

_ANSWERS = "answers.csv"


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    """What a build made. ``changed`` are the public files that it wrote."""

    public: tuple[str, ...]
    rows: int
    public_rows: int
    changed: tuple[str, ...]


def ensure_built(task: Task, vault: PlainVault, launcher: Callable[[Task], Launcher]) -> bool:
    """Build the answers if the vault lacks those of this version of the task; return whether that was needed.

    Raises:
        TaskError: the recipe fails, or the public files are not what it makes.
    """
    verify_public(task)
    if vault.has_answers(task):
        return False
    build(task, vault, launcher(task), update=False, repeat=False)
    return True


def build(task: Task, vault: PlainVault, launcher: Launcher, *, update: bool, repeat: bool) -> "Built | BuiltExercise":
    """Build a task of either kind.

    ``repeat``: do everything twice, to see that the same comes out. ``update``: rewrite public files that differ.
    """
    make = build_exercise if task.kind == "exercise" else build_prediction
    return make(task, vault, launcher, update=update, repeat=repeat)


def build_prediction(task: Task, vault: PlainVault, launcher: Launcher, *, update: bool, repeat: bool) -> Built:
    """Run ``prepare.py``, with ``repeat`` twice to see that the bytes are equal; ``update`` rewrites public files."""
    made = _prepare(task, launcher)
    if repeat and made != _prepare(task, launcher):
        raise TaskError("task.not_deterministic", task=task.id)
    answers = parse_answers(made[_ANSWERS], task)
    public = {name.removeprefix("public/"): data for name, data in made.items() if name != _ANSWERS}
    changed = write_public(task, public, update=update)
    vault.put_answers(task, made[_ANSWERS])
    return Built(public=tuple(public), rows=len(answers.ids), public_rows=sum(answers.is_public), changed=changed)


def _prepare(task: Task, launcher: Launcher) -> dict[str, bytes]:
    if not (task.root / "source").is_dir():
        raise TaskError("task.no_source", task=task.id)
    names = [*(f"public/{name}" for name in task.data.public_files), _ANSWERS]
    run = launcher.run(prepare_job(task, names))
    log = safe_block(run.log.decode("utf-8", "replace"))[-2000:]
    if run.ending != Exited(0):
        raise TaskError("task.prepare_failed", task=task.id, ending=str(run.ending), log=log)
    if run.faults:
        left_out = ", ".join(f"{name} ({fault})" for name, fault in run.faults.items())
        raise TaskError("task.prepare_incomplete", task=task.id, files=left_out, log=log)
    return dict(run.outputs)
