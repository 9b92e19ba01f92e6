"""What `arena devices` shows: a table that `rich` draws on a terminal, plain text elsewhere."""

import itertools
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import click

from arena.catalog.workspace import Workspace, open_workspace
from arena.cli.output import table
from arena.devices.calibrate import Calibrations
from arena.devices.discover import Inventory, discover, survey
from arena.devices.interface import Absent, DeviceLostError, Driver, NoGpuError
from arena.devices.nvml import Nvml
from arena.errors import ArenaError, UsageError
from arena.model.device import Device, DeviceKind, DeviceState, Health
from arena.model.safe_text import safe_line
from arena.model.sizes import human_size

if TYPE_CHECKING:
    from rich.table import Table

_EVERY_S = 1.0
_HEADS = ("device", "name", "class", "memory", "busy", "health", "holder", "for", "factor", "reason")
_STYLES = {Health.FREE: "green", Health.LEASED: "cyan", Health.DRAINING: "yellow", Health.QUARANTINED: "bold red"}


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenDevice:
    """One device now. ``missing`` says why a figure is not there; ``factor`` is its class's."""

    state: DeviceState
    used_memory_bytes: int | None = None
    busy_percent: int | None = None
    factor: float | None = None
    missing: dict[str, str]

    def to_json(self) -> dict[str, Any]:
        """For scripts."""
        device, since = self.state.device, self.state.since
        return {
            **asdict(device),
            "kind": device.kind.value,
            "health": self.state.health.value,
            "reason": self.state.reason,
            "holder": self.state.holder,
            "since": since.isoformat() if since else None,
            "used_memory_bytes": self.used_memory_bytes,
            "busy_percent": self.busy_percent,
            "factor": self.factor,
            "missing": self.missing,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """The whole machine at one moment."""

    devices: tuple[SeenDevice, ...]
    inventory: Inventory
    at: datetime

    def to_json(self) -> dict[str, Any]:
        """For scripts."""
        return {
            "driver": self.inventory.driver,
            "no_gpu": self.inventory.no_gpu,
            "problems": list(self.inventory.problems),
            "devices": [each.to_json() for each in self.devices],
        }

    def notes(self) -> list[str]:
        """Why there is no GPU, or why some are not in the table."""
        if self.inventory.no_gpu:
            return [f"No GPU: {self.inventory.no_gpu}."]
        return [f"{problem}." for problem in self.inventory.problems]


class Looker:
    """Looks at the machine as often as it is asked, and opens the driver once. Works outside a workspace, too."""

    def __init__(self, workspace: Workspace | None, driver: Driver | None) -> None:
        self._workspace, self._driver = workspace, driver

    @classmethod
    def open(cls) -> Self:
        """Open what there is of workspace and driver."""
        try:
            workspace = open_workspace(Path.cwd())
        except ArenaError:
            workspace = None
        try:
            return cls(workspace, Nvml.open())
        except NoGpuError:
            return cls(workspace, None)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._driver is not None:
            self._driver.close()

    def look(self) -> Seen:
        """Everything as it is now."""
        slots = self._workspace.cpu_slots if self._workspace else None
        inventory = discover(slots=slots) if self._driver is None else survey(self._driver, slots=slots)
        factors = {each.device_class: self._factor(each.device_class) for each in inventory.devices}
        states = states_of(self._workspace, inventory.devices)
        seen = tuple(self._seen(state, factors[state.device.device_class]) for state in states)
        return Seen(devices=seen, inventory=inventory, at=datetime.now(UTC))

    def _factor(self, device_class: str) -> float | None:
        return calibrations(self._workspace).factor(device_class) if self._workspace else None

    def _seen(self, state: DeviceState, factor: float | None) -> SeenDevice:
        if self._driver is None or state.device.kind is not DeviceKind.GPU:
            return SeenDevice(state=state, factor=factor, missing={})
        try:
            reader = self._driver.reader(state.device.id)
            figures = {"used_memory_bytes": reader.used_memory(), "busy_percent": reader.busy_percent()}
        except DeviceLostError as error:
            return SeenDevice(state=state, factor=factor, missing={"all": error.reason})
        known = {name: value for name, value in figures.items() if not isinstance(value, Absent)}
        missing = {name: str(value) for name, value in figures.items() if isinstance(value, Absent)}
        return SeenDevice(state=state, factor=factor, missing=missing, **known)


def calibrations(workspace: Workspace) -> Calibrations:
    """Where a workspace's grader keeps them."""
    return Calibrations(workspace.state / "calibration")


def states_of(workspace: Workspace | None, devices: Sequence[Device]) -> tuple[DeviceState, ...]:
    """Health and holders from the workspace's store; all are free where nothing was ever leased."""
    if workspace is None or not workspace.store.is_file():
        return tuple(DeviceState(device=device, health=Health.FREE) for device in devices)
    from arena.devices.health import Wards
    from arena.store.engine import Store

    store = Store.open(workspace.store)
    try:
        return Wards(store=store, clock=lambda: datetime.now(UTC)).states(devices)
    finally:
        store.close()


def clear_device(workspace: Workspace, device_id: str) -> DeviceState:
    """End a quarantine; return how the device is doing then.

    Raises:
        UsageError: there is no such device, it is not in quarantine, or what last held it is seen alive.
    """
    from arena.devices.health import Wards
    from arena.store.engine import Store

    device = next((each for each in discover(slots=workspace.cpu_slots).devices if each.id == device_id), None)
    if device is None:
        raise UsageError("device.unknown", device=safe_line(device_id, 80))
    store = Store.open(workspace.store)
    try:
        wards = Wards(store=store, clock=lambda: datetime.now(UTC))
        wards.clear(device_id)
        return wards.states([device])[0]
    finally:
        store.close()


def rows(seen: Seen) -> list[tuple[Health, list[str]]]:
    """A line each; CPU slots of which there is nothing else to say share one."""

    def alike(each: SeenDevice) -> object:
        plain = each.state.device.kind is DeviceKind.CPU_SLOT and each.state.health is Health.FREE
        return "slots" if plain and not each.state.reason else each.state.device.id

    return [_row(list(group), seen.at) for _, group in itertools.groupby(seen.devices, key=alike)]


def _row(group: list[SeenDevice], now: datetime) -> tuple[Health, list[str]]:
    first, state = group[0], group[0].state
    device = state.device
    known = first.used_memory_bytes is not None
    used = f"{human_size(first.used_memory_bytes or 0)} of " if known else ""
    reason = state.reason or first.missing.get("all", "")
    return state.health, [
        device.id if len(group) == 1 else f"{device.id} … {group[-1].state.device.id.rpartition('-')[2]}",
        device.name,
        device.device_class,
        f"{used}{human_size(device.memory_bytes)}" if device.memory_bytes else "",
        "" if first.busy_percent is None else f"{first.busy_percent} %",
        state.health.value,
        safe_line(state.holder or ""),
        "" if state.since is None else _duration((now - state.since).total_seconds()),
        "" if first.factor is None else f"{first.factor:.3g}",
        safe_line(reason),
    ]


def _duration(seconds: float) -> str:
    minutes, rest = divmod(max(0, int(seconds)), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}"


def show(seen: Seen, *, noted: bool = True) -> None:
    """Once; ``noted`` also says why there is no GPU."""
    if sys.stdout.isatty():
        from rich.console import Console

        Console(highlight=False).print(_drawn(seen))
    else:
        _plain(seen)
    if noted:
        for line in seen.notes():
            click.echo(line, err=True)


def watch_devices(looker: Looker, *, pause: Callable[[float], None] = time.sleep) -> None:
    """Until Ctrl-C: in place on a terminal, one table after the other elsewhere."""
    try:
        if sys.stdout.isatty():
            _live(looker, pause)
        else:
            _repeated(looker, pause)
    except KeyboardInterrupt:
        return


def _repeated(looker: Looker, pause: Callable[[float], None]) -> None:
    said: list[str] | None = None
    while True:
        seen = looker.look()
        show(seen, noted=seen.notes() != said)
        said = seen.notes()
        click.echo()
        sys.stdout.flush()
        pause(_EVERY_S)


def _live(looker: Looker, pause: Callable[[float], None]) -> None:
    from rich.console import Group
    from rich.live import Live
    from rich.text import Text

    def frame() -> Group:
        seen = looker.look()
        return Group(_drawn(seen), *map(Text, seen.notes()))

    with Live(frame(), auto_refresh=False) as live:
        while True:
            pause(_EVERY_S)
            live.update(frame(), refresh=True)


def _used(lines: list[list[str]]) -> list[int]:
    """Columns in which anything stands."""
    return [column for column in range(len(_HEADS)) if any(line[column] for line in lines)]


def _plain(seen: Seen) -> None:
    lines = [line for _, line in rows(seen)]
    columns = _used(lines)
    table([_HEADS[column] for column in columns], [[line[column] for column in columns] for line in lines])


def _drawn(seen: Seen) -> "Table":
    from rich.table import Table
    from rich.text import Text

    lines = rows(seen)
    columns = _used([line for _, line in lines])
    drawn = Table(box=None, header_style="bold")
    for column in columns:
        drawn.add_column(_HEADS[column], justify="right" if _HEADS[column] in {"busy", "for", "factor"} else "left")
    for health, line in lines:
        # As text, not as rich's markup: a device's name may hold brackets.
        drawn.add_row(*(Text(line[at], style=_STYLES[health] if _HEADS[at] == "health" else "") for at in columns))
    return drawn
