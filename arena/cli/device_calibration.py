"""What `arena devices calibrate` does."""

import functools
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import click

from arena.catalog.workspace import Workspace
from arena.cli.device_views import calibrations, states_of
from arena.cli.output import table
from arena.devices.calibrate import REPETITIONS, Calibration, CalibrationError, measure, summary, to_json
from arena.devices.discover import discover
from arena.devices.interface import Absent
from arena.devices.nvml import Nvml
from arena.errors import UsageError
from arena.model.device import Device, DeviceKind, Health

# A spread of the five above this share of their median says that something else was running.
_WIDE = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibrated:
    """One class, now measured."""

    calibration: Calibration
    factor: float | None
    reference: bool

    def to_json(self) -> dict[str, Any]:
        """For scripts."""
        return {**to_json(self.calibration), "factor": self.factor, "is_reference": self.reference}


def calibrate_devices(
    workspace: Workspace, wanted: str | None, *, as_reference: bool, quiet: bool
) -> tuple[list[Calibrated], list[CalibrationError]]:
    """Measure one device, or one of each class; store each result at once. A class that fails does not stop the others.

    Raises:
        UsageError: there is no such device, or it is not free.
    """
    inventory = discover(slots=workspace.cpu_slots)
    stored = calibrations(workspace)
    done, failed = [], []
    for device in _chosen(workspace, inventory.devices, wanted):
        try:
            found = _measured(workspace, device, inventory.driver, quiet=quiet)
        except CalibrationError as error:
            failed.append(error)
            continue
        reference = stored.put(found, as_reference=as_reference)
        done.append(Calibrated(calibration=found, factor=stored.factor(device.device_class), reference=reference))
    return done, failed


def _chosen(workspace: Workspace, devices: Sequence[Device], wanted: str | None) -> list[Device]:
    states = [state for state in states_of(workspace, devices) if wanted in {None, state.device.id}]
    if not states:
        raise UsageError("device.unknown", device=wanted or "")
    chosen: dict[str, Device] = {}
    for state in states:
        if state.health is Health.FREE:
            chosen.setdefault(state.device.device_class, state.device)
    busy = next((state for state in states if state.device.device_class not in chosen), None)
    if busy is not None:
        raise UsageError("device.not_free", device=busy.device.id, health=busy.health.value)
    return list(chosen.values())


def _measured(workspace: Workspace, device: Device, driver: str | None, *, quiet: bool) -> Calibration:
    label = f"Measuring {device.device_class} on {device.id}"
    with click.progressbar(length=REPETITIONS, label=label, file=sys.stderr, hidden=quiet) as bar:
        told = measure(workspace.runtime, device, on_repetition=functools.partial(bar.update, 1))
    # Right after the work, while the clocks are still those of work.
    clocks = _clocks(device)
    on_gpu = device.kind is DeviceKind.GPU
    return summary(told, device, driver=driver if on_gpu else None, clocks_mhz=clocks, at=datetime.now(UTC))


def _clocks(device: Device) -> tuple[int, int] | None:
    if device.kind is not DeviceKind.GPU:
        return None
    driver = Nvml.open()
    try:
        clocks = driver.reader(device.id).clocks_mhz()
    finally:
        driver.close()
    return None if isinstance(clocks, Absent) else clocks


def show_calibrations(found: Sequence[Calibrated]) -> None:
    """A line for each class."""
    if not found:
        return
    lines = [
        [
            each.calibration.device_class,
            f"{each.calibration.median_s:.3f}",
            f"{each.calibration.spread:.1%}",
            "" if each.factor is None else f"{each.factor:.3g}",
            "yes" if each.reference else "",
            each.calibration.torch,
        ]
        for each in found
    ]
    table(["class", "median s", "spread", "factor", "reference", "torch"], lines)
    for each in found:
        if each.calibration.spread > _WIDE:
            name = each.calibration.device_class
            click.echo(f"{name}: the five times differ a lot; run it again while nothing else runs.", err=True)
        if each.factor is None:
            click.echo("The reference ran with another torch: no factor. See --set-reference.", err=True)
