"""What a team has spent of its week, as `arena quota` and `arena submit` tell it."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from arena.allowance.forecast import Covered
from arena.allowance.ledger import AllowanceLedger
from arena.catalog.workspace import Workspace, open_workspace
from arena.cli.allowances import accounts, forecast_of
from arena.errors import UsageError
from arena.intake.receive import receive
from arena.model.allowance import Allowance
from arena.model.budget import Usage
from arena.model.device import DeviceKind
from arena.model.submission import Submission
from arena.model.task import Task
from arena.pipeline.stages import Stages
from arena.sandbox import jobs
from arena.store.engine import Store
from tests.conftest import Clock, FakeLauncher, Hand, finished, predictions, run, run_json, write_files

File = Callable[..., Path]
BENGALI = re.compile("[\u0980-\u09ff]")
UNIT = "cpu_slot_s"


def _allow(workspace: Workspace, text: str) -> Workspace:
    marker = workspace.root / "arena.toml"
    marker.write_text(f"{marker.read_text(encoding='utf-8')}\n[allowance]\n{text}\n", encoding="utf-8")
    return open_workspace(workspace.root)


@pytest.fixture
def limited(workspace: Workspace) -> Workspace:
    """The workspace, with 30 seconds of a CPU slot a week for each team."""
    return _allow(workspace, "cpu_slot_seconds = 30")


def _reserve(workspace: Workspace, seconds: float, *, team: str = "rahim", used: float | None = None) -> None:
    store = Store.open(workspace.store)
    ledger = AllowanceLedger(store=store, allowance=Allowance(), zone=workspace.time_zone)
    now = datetime.now(UTC)
    attempt = ledger.next_attempt(f"{team}-{seconds}", at=now)
    ledger.reserve(attempt=attempt, team=team, task="fruit", unit=UNIT, device_class="cpu", seconds=seconds, at=now)
    if used is not None:
        ledger.settle(attempt, used, at=now)
    store.close()


def test_quota_from_the_store(limited: Workspace) -> None:
    """Where attempts are run: spent, reserved and left of each unit, and when the week ends."""
    _reserve(limited, 20, used=4.25)
    _reserve(limited, 15)
    _reserve(limited, 30, team="karim")
    found = run_json("quota", "--team", "rahim")
    assert found["accounts"] == [
        {"unit": "gpu_s", "limit": None, "spent": 0, "reserved": 0, "left": None},
        {"unit": UNIT, "limit": 30, "spent": 4.25, "reserved": 15, "left": 10.75},
    ]
    assert (found["team"], found["source"]) == ("rahim", "store")
    begins, renews = (datetime.fromisoformat(found[name]) for name in ("begins", "renews"))
    assert begins <= datetime.now(UTC) < renews
    assert (begins.weekday(), begins.hour) == (6, 0)
    assert begins.utcoffset() == datetime.now(limited.time_zone).utcoffset()


def test_quota_from_records(limited: Workspace, hand_in: Hand, launcher: FakeLauncher, clock: Clock) -> None:
    """Where no attempts are run, the same follows from the published records."""
    table = {jobs.SUBMISSION: predictions()}
    launcher.will(finished(table, usage=Usage(charged=12.5, wall_s=12.5)))
    hand_in({"main.py": "print(1)"})
    hand_in({"main.py": "print(2)"}, team="karim")
    hand_in({"main.py": "print(1)"}, again=True)
    found = accounts(limited, "rahim", clock())
    assert found.from_records
    assert [(each.unit, each.spent, each.reserved, each.left) for each in found.balances] == [
        ("gpu_s", 0, 0, None),
        (UNIT, 12.5, 0, 17.5),
    ]
    assert not limited.store.exists()
    assert accounts(limited, "rahim", clock() + timedelta(days=7)).balances[1].left == 30


def test_quota_says_where_it_is_from(limited: Workspace) -> None:
    """What was counted from records lacks what runs now, and says so beside the result."""
    shown = run("quota", "--team", "rahim")
    assert (shown.exit_code, "records" in shown.stderr) == (0, True)
    assert run_json("quota", "--team", "rahim")["source"] == "records"
    _reserve(limited, 20)
    assert run("quota", "--team", "rahim").stderr == ""


def test_quota_for_people(limited: Workspace) -> None:
    """A table, in numbers that never promise too much, and the end of the week."""
    _reserve(limited, 20, used=4.21)
    shown = run("quota", "--team", "rahim").stdout.splitlines()
    assert shown[0].split() == ["unit", "a", "week", "spent", "reserved", "left"]
    assert shown[1].split()[0] == "gpu_s"
    assert "no limit" in shown[1]
    assert shown[2].split() == [UNIT, "30", "4.3", "0", "25.7"]
    assert re.search(r"The next week begins at \d{4}-\d\d-\d\d 00:00", shown[3])


def test_quota_in_bengali(limited: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    """All of it that is prose is in the learner's language."""
    _reserve(limited, 20)
    monkeypatch.setenv("ARENA_LANG", "bn")
    shown = run("quota", "--team", "rahim").stdout.splitlines()
    assert all(BENGALI.search(line) for line in (shown[1], shown[3]))


def test_quota_needs_a_team() -> None:
    """Nobody's quota is a usage error, like an unknown command."""
    shown = run("quota")
    assert (shown.exit_code, "--team" in shown.stderr) == (2, True)


def test_week_starts(workspace: Workspace) -> None:
    """The week begins on the day that the workspace says."""
    for name, day in (("monday", 0), ("thursday", 3)):
        chosen = replace(workspace, allowance=Allowance(week_starts=name))
        found = accounts(chosen, "rahim", datetime(2025, 6, 3, 12, tzinfo=UTC)).week
        assert found.begins.astimezone(workspace.time_zone).weekday() == day
        assert found.ends - found.begins == timedelta(days=7)


@pytest.mark.parametrize(
    "text",
    ["gpu_seconds = 0", "cpu_slot_seconds = -1", 'week_starts = "someday"', "gpu_hours = 1", "gpu_seconds = nan"],
)
def test_what_is_no_allowance(workspace: Workspace, text: str) -> None:
    """A wrong key or value is reported with its line; nothing is guessed."""
    with pytest.raises(UsageError) as caught:
        _allow(workspace, text)
    assert "arena.toml:" in str(caught.value.params["problems"])


def test_both_units(workspace: Workspace) -> None:
    """Each unit has its own limit."""
    found = _allow(workspace, 'gpu_seconds = 3600\ncpu_slot_seconds = 36000\nweek_starts = "friday"').allowance
    assert found == Allowance(seconds={"gpu_s": 3600, UNIT: 36000}, week_starts="friday")


def _received(folder: Path, task: Task, name: str, content: bytes) -> Submission:
    source = write_files(folder / "mine", {name: content}) / name
    found = receive(source, folder / "received", task=task, team="rahim", received_at=datetime.now(UTC))
    assert isinstance(found, Submission)
    return found


def test_what_submit_says_beforehand(limited: Workspace, task: Task, tmp_path: Path) -> None:
    """A program's whole budget is what it may cost; what is reserved already is no longer there for it."""
    _reserve(limited, 5)
    said = forecast_of(limited, _received(tmp_path, task, "main.py", b"print()"), task, DeviceKind.CPU_SLOT)
    assert isinstance(said, Covered)
    assert (said.message.id, said.message.params["needed"], said.message.params["left"]) == (
        "quota.may_cost",
        "20",
        "25",
    )


def test_predictions_cost_nothing(limited: Workspace, task: Task, tmp_path: Path) -> None:
    """Nothing runs, so nothing is said, whatever is left."""
    _reserve(limited, 30)
    received = _received(tmp_path, task, "submission.csv", predictions())
    assert forecast_of(limited, received, task, DeviceKind.CPU_SLOT) is None


def test_submit_refuses_what_the_week_does_not_cover(limited: Workspace, stages: Stages, file: File) -> None:
    """It is denied before anything is stored or run, with the exit code of denials, and says what it lacks."""
    del stages
    _reserve(limited, 25, used=25)
    program = file(b"print()", "main.py")
    found = run_json("submit", "fruit", program, "--team", "rahim")
    assert (found["outcome"], found["message"]["id"], found["stored"]) == ("denied", "denied.allowance", None)
    assert found["message"]["params"]["needed"] == "20"
    assert found["message"]["params"]["left"] == "5"
    assert run("submit", "fruit", program, "--team", "rahim").exit_code == 6
    assert not (limited.submissions / "fruit" / "rahim").exists()
