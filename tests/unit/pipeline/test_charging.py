"""An attempt is reserved, settled or refunded, and a team that has spent its week is denied before anything runs."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from arena.allowance.ledger import AllowanceLedger
from arena.errors import InfrastructureError, TaskError
from arena.model.allowance import Allowance
from arena.model.budget import Usage
from arena.model.outcome import Outcome
from arena.model.task import Task
from arena.pipeline.charging import adopt, turn
from arena.pipeline.grade import Graded, grade
from arena.pipeline.stages import Stages
from arena.sandbox.interface import SandboxFailedError
from arena.store.engine import Store
from tests.conftest import FakeLauncher, finished, predictions, write_files

UNIT = "cpu_slot_s"
USED = 4.25


@pytest.fixture
def charged(stages: Stages, tmp_path: Path) -> Iterator[Stages]:
    """The stages of a workspace that allows each team 45 seconds a week; an attempt may take 20."""
    store = Store.open(tmp_path / "store.sqlite3")
    allowance = Allowance(seconds={UNIT: 45.0})
    yield replace(stages, allowance=AllowanceLedger(store=store, allowance=allowance, zone=stages.zone))
    store.close()


def _left(stages: Stages) -> float | None:
    assert stages.allowance is not None
    return stages.allowance.account("rahim", UNIT, stages.now()).left


def _hand_in(stages: Stages, task: Task, folder: Path, number: int) -> Graded:
    source = write_files(folder / f"source-{number}", {"main.py": f"print({number})\n"})
    scratch = folder / f"scratch-{number}-{len(list(folder.glob('scratch-*')))}"
    scratch.mkdir()
    return grade(source, task=task, team="rahim", stages=stages, scratch=scratch)


def _run(launcher: FakeLauncher) -> None:
    launcher.will(replace(finished({"submission.csv": predictions()}), usage=Usage(charged=USED, wall_s=USED)))


def test_what_was_used_is_charged(charged: Stages, task: Task, launcher: FakeLauncher, tmp_path: Path) -> None:
    _run(launcher)
    assert _hand_in(charged, task, tmp_path, 1).outcome is Outcome.SCORED
    assert _left(charged) == 45 - USED
    # Graded before: it costs nothing a second time.
    _hand_in(charged, task, tmp_path, 1)
    assert _left(charged) == 45 - USED


def test_a_spent_week_denies_before_anything_runs(
    charged: Stages, task: Task, launcher: FakeLauncher, tmp_path: Path
) -> None:
    launcher.will(replace(finished({"submission.csv": predictions()}), usage=Usage(charged=20, wall_s=20)))
    assert [_hand_in(charged, task, tmp_path, number).outcome for number in (1, 2)] == [Outcome.SCORED] * 2
    ran = len(launcher.jobs)
    denied = _hand_in(charged, task, tmp_path, 3)
    assert (denied.outcome, denied.messages[0].id) == (Outcome.DENIED, "denied.allowance")
    assert denied.record is None
    assert len(launcher.jobs) == ran
    assert _left(charged) == 5


def test_our_fault_is_given_back(charged: Stages, task: Task, launcher: FakeLauncher, tmp_path: Path) -> None:
    launcher.will(SandboxFailedError("sandbox.failed", detail="broken"))
    assert _hand_in(charged, task, tmp_path, 1).outcome is Outcome.INFRASTRUCTURE_ERROR
    assert _left(charged) == 45
    _run(launcher)
    assert _hand_in(charged, task, tmp_path, 1).outcome is Outcome.SCORED
    assert _left(charged) == 45 - USED


def test_a_grader_that_died_charges_once(
    charged: Stages, task: Task, launcher: FakeLauncher, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed after it settled and before its record was there, its successor gives that back and charges its own."""
    _run(launcher)

    def killed(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(type(charged.ledger), "append", killed)
        with pytest.raises(KeyboardInterrupt):
            _hand_in(charged, task, tmp_path, 1)
    assert _left(charged) == 45 - USED
    assert _hand_in(charged, task, tmp_path, 1).outcome is Outcome.SCORED
    assert _left(charged) == 45 - USED


def test_a_new_store_forgets_nothing(charged: Stages, task: Task, launcher: FakeLauncher, tmp_path: Path) -> None:
    _run(launcher)
    _hand_in(charged, task, tmp_path, 1)
    assert charged.allowance is not None
    with_new = replace(
        charged, allowance=replace(charged.allowance, store=Store.open(tmp_path / "new" / "store.sqlite3"))
    )
    (tmp_path / "new").mkdir()
    assert _left(with_new) == 45
    for _ in range(2):
        adopt([task], with_new)
        assert _left(with_new) == 45 - USED
    assert with_new.allowance is not None
    with_new.allowance.store.close()


def test_without_a_limit_there_is_no_store(stages: Stages, task: Task, launcher: FakeLauncher, tmp_path: Path) -> None:
    _run(launcher)
    assert stages.allowance is None
    assert _hand_in(stages, task, tmp_path, 1).outcome is Outcome.SCORED


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (TaskError("task.public_unusable", task="fruit", file="test.csv"), "task_error"),
        (InfrastructureError("sandbox.no_server", reason="none"), "infrastructure_error"),
        (RuntimeError("nobody thought of it"), "infrastructure_error"),
    ],
)
def test_an_error_on_the_way_gives_back_at_once(
    charged: Stages, task: Task, launcher: FakeLauncher, tmp_path: Path, *, error: Exception, reason: str
) -> None:
    """Whatever breaks between the reservation and the record, the team has its seconds again, with the reason."""
    launcher.will(error)
    with pytest.raises(type(error)):
        _hand_in(charged, task, tmp_path, 1)
    assert _left(charged) == 45
    assert _entries(charged) == [("reserve", None), ("refund", reason)]


def _entries(stages: Stages) -> list[tuple[str, str | None]]:
    assert stages.allowance is not None
    with stages.allowance.store.read() as connection:
        found = connection.exec_driver_sql("SELECT kind, reason FROM allowance_entries ORDER BY id")
        return [(str(kind), reason) for kind, reason in found]


def test_what_a_dead_grader_had_reserved_comes_back(charged: Stages, task: Task) -> None:
    """Also where its submission is graded by nobody any more; what a living one works on stays reserved."""
    assert charged.allowance is not None
    alive, dead = "a" * 32, "d" * 32
    for evaluation in (alive, dead):
        charged.allowance.reserve(
            attempt=f"{evaluation}.1",
            team="rahim",
            task=task.id,
            unit=UNIT,
            device_class="cpu",
            seconds=20,
            at=charged.now(),
        )
    with turn(charged.state, alive):
        adopt([task], charged)
        assert _left(charged) == 25
    assert _entries(charged) == [("reserve", None), ("reserve", None), ("refund", "abandoned")]
    adopt([task], charged)
    assert _left(charged) == 45
