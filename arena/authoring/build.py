"""Build a task: run its recipe in the sandbox, keep the answers, hold the public files against their checksums."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

from arena.errors import TaskError
from arena.files import write_atomic
from arena.model.safe_text import safe_block
from arena.model.task import Task
from arena.sandbox.interface import Exited, Launcher
from arena.sandbox.jobs import prepare_job
from arena.vault.plain import PlainVault, parse_answers

CHECKSUMS = "SHA256SUMS"
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


def build(task: Task, vault: PlainVault, launcher: Launcher, *, update: bool, repeat: bool) -> Built:
    """Run ``prepare.py``, with ``repeat`` twice to see that the bytes are equal; ``update`` rewrites public files."""
    made = _prepare(task, launcher)
    if repeat and made != _prepare(task, launcher):
        raise TaskError("task.not_deterministic", task=task.id)
    answers = parse_answers(made[_ANSWERS], task)
    public = {name.removeprefix("public/"): data for name, data in made.items() if name != _ANSWERS}
    sums = checksums(public)
    changed: list[str] = []
    for name, data in {**public, CHECKSUMS: sums}.items():
        path = task.public_dir / name
        if path.is_file() and path.read_bytes() == data:
            continue
        if path.exists() and not update:
            raise TaskError("task.public_differs", task=task.id, file=f"public/{name}")
        write_atomic(path, data)
        changed.append(name)
    vault.put_answers(task, made[_ANSWERS])
    return Built(
        public=tuple(public), rows=len(answers.ids), public_rows=sum(answers.is_public), changed=tuple(changed)
    )


def checksums(public: dict[str, bytes]) -> bytes:
    """The text of ``SHA256SUMS``, in the format of sha256sum(1)."""
    lines = [f"{hashlib.sha256(public[name]).hexdigest()}  {name}\n" for name in sorted(public)]
    return "".join(lines).encode()


def verify_public(task: Task) -> None:
    """Hold the public files against their checksums.

    Raises:
        TaskError: one is missing or was changed; the message names it.
    """
    expected: dict[str, str] = {}
    try:
        for line in (task.public_dir / CHECKSUMS).read_text(encoding="ascii").splitlines():
            digest, name = line.split("  ", 1)
            expected[name] = digest
    except FileNotFoundError as error:
        raise TaskError("task.not_built", task=task.id) from error
    except ValueError as error:
        raise TaskError("task.public_unusable", task=task.id, file=f"public/{CHECKSUMS}") from error
    for name in task.data.public_files:
        try:
            data = (task.public_dir / name).read_bytes()
        except FileNotFoundError as error:
            raise TaskError("task.not_built", task=task.id) from error
        if hashlib.sha256(data).hexdigest() != expected.get(name):
            raise TaskError("task.public_differs", task=task.id, file=f"public/{name}")


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
