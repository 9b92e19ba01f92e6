"""Put the real stages of a workspace together: clock, sandbox, vault, ledger."""

import csv
import functools
import sys
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from arena.allowance.ledger import AllowanceLedger
from arena.catalog.workspace import Workspace
from arena.model.message import Message
from arena.model.task import Task, shown_as
from arena.pipeline.folders import unpacked
from arena.pipeline.ledgers import grader_ledgers
from arena.pipeline.stages import Stages
from arena.pipeline.state import make_state
from arena.sandbox.data_sets import fingerprints, masks, row_fingerprints
from arena.sandbox.interface import Launcher
from arena.sandbox.launchers import Launchers, open_launcher
from arena.sandbox.pixels import pixel_marks
from arena.sandbox.runtime import Runtime, find_runtime
from arena.signing.keyring import keys_root
from arena.store.engine import Store
from arena.vault.plain import PlainVault

if TYPE_CHECKING:
    from arena.devices.pool import Pool


def assemble(
    workspace: Workspace, tell: Callable[[Message], None] = lambda _: None, *, launcher: str | None = None
) -> Stages:
    """The stages of a workspace. Nothing is started until it is used; ``tell`` is told of what takes long.

    ``launcher`` is a name, or ``auto``; without one the workspace's own setting holds.
    """
    make_state(workspace.state)
    vault = PlainVault.open(workspace.root, workspace.name)

    @functools.cache
    def runtime() -> Runtime:
        return find_runtime(workspace.runtime)

    def opened(name: str) -> Launcher:
        from arena.sandbox.cgroup import sweep_groups

        sweep_groups()
        ours = (workspace.root / "tasks", workspace.submissions, workspace.leaderboard, workspace.state)
        return open_launcher(name, runtime(), private=(vault.root, keys_root(), *ours))

    launchers = Launchers(launcher or workspace.launcher, opened)

    store = Store.open(workspace.store)
    ledgers = grader_ledgers(workspace, tell)

    @functools.cache
    def devices() -> "Pool":
        from arena.devices.pool import Pool

        return Pool(store=store, clock=lambda: datetime.now(UTC), slots=workspace.cpu_slots)

    def close() -> None:
        launchers.close()
        if devices.cache_info().currsize:
            devices().close()
        store.close()
        ledgers.own.close()

    found: dict[tuple[str, bool], Sequence[Path]] = {}

    def hidden(task: Task) -> Sequence[Path]:
        key = task.digest, vault.has_answers(task)
        if key not in found:
            found[key] = searched(task)
        return found[key]

    def searched(task: Task) -> Sequence[Path]:
        if task.kind == "exercise":
            return ()  # Its cases are functions of a seed that no package knows.
        # Each part by itself: long texts of the test table must not crowd out the answers.
        marks = (
            *row_fingerprints(_hidden_rows(task)),
            *fingerprints(_hidden_answers(task, vault)),
            *(mark for name in task.data.test_files for mark in pixel_marks(task.public_dir / name)),
        )
        scanning = Message.of("machine.scanning", task=task.id)
        return masks(runtime(), marks, workspace.state / "masks", before_scan=lambda: tell(scanning))

    return Stages(
        now=lambda: datetime.now(UTC),
        zone=workspace.time_zone,
        runtime=runtime,
        launcher=lambda task: launchers.pick(task.protections),
        masks=hidden,
        folders=lambda task: unpacked(task, workspace.state),
        state=workspace.state,
        ledger=ledgers.own,
        vault=vault,
        public=ledgers.public,
        sign=ledgers.sign,
        seal=ledgers.seal,
        counts=ledgers.counts,
        checkpoint=ledgers.checkpoint,
        allowance=AllowanceLedger(store=store, allowance=workspace.allowance, zone=workspace.time_zone),
        devices=devices,
        tell=tell,
        expect=launchers.expect,
        close=close,
    )


def _hidden_rows(task: Task) -> Iterator[list[str]]:
    """The rows of the test table without what nobody else's data quotes: ids, and paths of the task's own files."""
    own = tuple(f"{shown_as(name)}/" for name in task.packed)
    with (task.public_dir / task.data.test).open(encoding="utf-8-sig", newline="") as file:
        # A table of long texts is no reason to fail: the cells are only compared.
        csv.field_size_limit(sys.maxsize if sys.maxsize < 2**31 else 2**31 - 1)
        for row in csv.DictReader(file):
            cells = (cell for name, cell in row.items() if name not in {task.data.id, None} and cell is not None)
            yield [cell for cell in cells if not cell.startswith(own)]


def _hidden_answers(task: Task, vault: PlainVault) -> Sequence[str]:
    """The answers, where this machine has them."""
    columns = vault.answers(task).columns if vault.has_answers(task) else ()
    return [text for column in columns for text in column]
