"""A grader takes first what is of the team that has used least device time this week."""

from dataclasses import replace
from pathlib import Path

import pytest

from arena.allowance.ledger import AllowanceLedger
from arena.intake.shelf import Entry
from arena.model.allowance import Allowance
from arena.model.task import Task
from arena.pipeline.stages import Stages
from arena.pipeline.turns import in_fair_order
from arena.store.engine import Store


def _entries(*labels: str) -> list[Entry]:
    found = []
    for label in labels:
        task, team, name = label.split("/")
        found.append(Entry(task=task, team=team, path=Path("shelf") / task / team / name))
    return found


@pytest.fixture
def counted(stages: Stages, tmp_path: Path) -> Stages:
    """Stages with a ledger in which `rahim` has used forty seconds of this week."""
    store = Store.open(tmp_path / "store.sqlite3")
    ledger = AllowanceLedger(store=store, allowance=Allowance(), zone=stages.zone)
    attempt = ledger.next_attempt("e" * 32, at=stages.now())
    ledger.reserve(
        attempt=attempt,
        team="rahim",
        task="fruit",
        unit="cpu_slot_s",
        device_class="cpu",
        seconds=40,
        at=stages.now(),
    )
    ledger.settle(attempt, 40, at=stages.now())
    return replace(stages, allowance=ledger)


def test_least_used_first(counted: Stages, task: Task) -> None:
    """Who has used forty seconds comes when the other one has reserved more: each of its attempts may take twenty."""
    entries = _entries("fruit/rahim/a", "fruit/salma/1", "fruit/salma/2", "fruit/salma/3", "fruit/salma/4")
    found = [entry.label for entry in in_fair_order(entries, [task], counted)]
    assert found == ["fruit/salma/1", "fruit/salma/2", "fruit/rahim/a", "fruit/salma/3", "fruit/salma/4"]


def test_what_belongs_to_no_task_comes_last(counted: Stages, task: Task) -> None:
    """It is reported, after all that can be graded."""
    entries = _entries("nothing/rahim/a", "fruit/salma/1")
    assert [entry.label for entry in in_fair_order(entries, [task], counted)] == ["fruit/salma/1", "nothing/rahim/a"]


def test_without_a_ledger_the_shelf_stands_as_it_is(stages: Stages, task: Task) -> None:
    """Nobody has used anything that is known."""
    entries = _entries("fruit/rahim/a", "fruit/salma/1", "fruit/rahim/b")
    assert in_fair_order(entries, [task], stages) == entries
