"""`arena devices`: what is shown of a machine, once and again."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from arena.catalog.workspace import Workspace
from arena.cli.device_views import Looker, Seen, SeenDevice, rows, show, watch_devices
from arena.devices.calibrate import Calibrations, Told, summary
from arena.devices.discover import Inventory, cpu_slots
from arena.devices.health import Wards
from arena.devices.interface import Absent, Why
from arena.model.device import Device, DeviceState, Health
from arena.store.engine import Store
from tests.conftest import run, run_json
from tests.unit.devices.gpus import MIB, FakeDriver, FakeReader, facts, gpu

NOW = datetime(2026, 1, 1, 12, 0, tzinfo=UTC)


def seen(*states: DeviceState, no_gpu: str | None = None, problems: tuple[str, ...] = ()) -> Seen:
    """A machine with these devices."""
    devices = tuple(state.device for state in states)
    return Seen(
        devices=tuple(SeenDevice(state=state, missing={}) for state in states),
        inventory=Inventory(devices=devices, no_gpu=no_gpu, problems=problems, driver=None),
        at=NOW,
    )


def free(device: Device) -> DeviceState:
    """Nobody holds it."""
    return DeviceState(device=device, health=Health.FREE)


def test_json_has_every_device_and_why_there_is_no_gpu() -> None:
    found = run_json("devices")
    assert {device["kind"] for device in found["devices"]} <= {"cpu_slot", "gpu"}
    assert found["devices"][-1]["health"] == "free"
    assert (found["no_gpu"] is None) == any(device["kind"] == "gpu" for device in found["devices"])


def test_it_works_outside_a_workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert "cpu-slot-0" in run("devices").stdout


def test_watching_and_json_exclude_each_other() -> None:
    result = run("devices", "--watch", "--json")
    assert result.exit_code == 2
    assert "--watch is for people" in result.stderr


def test_looking_makes_no_store(workspace: Workspace) -> None:
    run("devices")
    assert not workspace.store.exists()


def test_what_the_store_knows_is_shown(workspace: Workspace) -> None:
    store = Store.open(workspace.store)
    Wards(store=store, clock=lambda: NOW).quarantine("cpu-slot-0", "it\x1b[2J hangs")
    store.close()
    text = run("devices").stdout
    assert "quarantined" in text
    assert "it\\x1b[2J hangs" in text
    (first, *_) = run_json("devices")["devices"]
    assert (first["health"], first["reason"]) == ("quarantined", "it\x1b[2J hangs")


def test_free_slots_share_a_line() -> None:
    """A machine of 128 cores fills no screen."""
    first, second, *rest = cpu_slots(8, 8)
    held = replace(free(second), health=Health.LEASED, holder="a1", since=NOW - timedelta(seconds=3725))
    lines = [line for _, line in rows(seen(free(gpu()), free(first), held, *map(free, rest)))]
    assert [line[0] for line in lines] == ["GPU-a", "cpu-slot-0", "cpu-slot-1", "cpu-slot-2 … 7"]
    assert lines[2][5:8] == ["leased", "a1", "1:02:05"]


def test_columns_without_anything_are_left_out(capsys: pytest.CaptureFixture[str]) -> None:
    show(seen(*map(free, cpu_slots(1, 1)), no_gpu="no driver"))
    captured = capsys.readouterr()
    assert captured.out.split("\n")[0].split() == ["device", "name", "class", "health"]
    assert captured.err == "No GPU: no driver.\n"


def test_a_gpu_that_cannot_be_leased_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    show(seen(free(gpu()), problems=("GPU 1 cannot be used: lost",)))
    assert capsys.readouterr().err == "GPU 1 cannot be used: lost.\n"


def test_figures_of_a_gpu(workspace: Workspace) -> None:
    """A figure that the driver does not tell has its reason in the JSON."""
    reader = FakeReader(memory=2048 * MIB, percent=Absent(Why.NOT_SUPPORTED))
    looked = Looker(workspace, FakeDriver([facts()], readers={"GPU-a": reader})).look()
    device = looked.to_json()["devices"][0]
    assert (device["used_memory_bytes"], device["busy_percent"]) == (2048 * MIB, None)
    assert device["missing"] == {"busy_percent": "this device does not measure it"}
    assert rows(looked)[0][1][3] == "2 GiB of 80 GiB"


def test_a_gpu_that_is_lost_between_two_questions_is_still_listed(workspace: Workspace) -> None:
    looked = Looker(workspace, FakeDriver([facts()], readers={"GPU-a": FakeReader(lost="gone")})).look()
    assert rows(looked)[0][1][-1] == "gone"


def test_the_factor_of_a_class_is_shown(workspace: Workspace) -> None:
    (slot,) = cpu_slots(1, 1)
    said = Told()
    for _ in range(5):
        said.take('{"matmul_s": 1, "training_s": 1}')
    said.take('{"ran_with": {"torch": "2", "cuda": null, "python": "3"}}')
    Calibrations(workspace.state / "calibration").put(summary(said, slot, driver=None, clocks_mhz=None, at=NOW))
    assert run_json("devices")["devices"][-1]["factor"] == 1


def paused(times: int) -> Callable[[float], None]:
    """Ctrl-C after so many pauses."""
    left = iter(range(times))

    def pause(_: float) -> None:
        if next(left, None) is None:
            raise KeyboardInterrupt

    return pause


def test_watching_repeats_the_table_and_says_once_why_there_is_no_gpu(
    workspace: Workspace, capsys: pytest.CaptureFixture[str]
) -> None:
    watch_devices(Looker(workspace, FakeDriver(broken="timeout")), pause=paused(2))
    captured = capsys.readouterr()
    assert captured.out.count("cpu-slot-0") == 3
    assert captured.err == "No GPU: timeout.\n"


def test_on_a_terminal_rich_draws(
    workspace: Workspace, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name that looks like rich's markup is a name."""
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    driver = FakeDriver([facts(name="[bold]GPU[/bold]")], readers={"GPU-a": FakeReader()})
    show(Looker(workspace, driver).look())
    watch_devices(Looker(workspace, driver), pause=paused(1))
    assert capsys.readouterr().out.count("[bold]GPU[/bold]") >= 2


def test_calibrating_an_unknown_device_is_refused() -> None:
    result = run("devices", "calibrate", "--device", "GPU-nowhere")
    assert result.exit_code == 2
    assert "GPU-nowhere" in result.stderr


def test_calibrating_what_is_not_free_is_refused(workspace: Workspace) -> None:
    """A share of a device would give a wrong time."""
    store = Store.open(workspace.store)
    Wards(store=store, clock=lambda: NOW).quarantine("cpu-slot-0", "it hangs")
    store.close()
    result = run("devices", "calibrate", "--device", "cpu-slot-0")
    assert result.exit_code == 2
    assert "quarantined" in result.stderr
