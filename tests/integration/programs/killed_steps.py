"""Run a history of store operations and be killed before or after any call that reaches SQLite or the file.

Its one argument is JSON: ``{folder}``. Tells how many steps there are, and after which of them the store was not as it
was before or after the operation that was interrupted.
"""

# ruff: noqa: T201

import json
import os
import signal
import sqlite3
import sys
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import FrameType
from typing import Any

from arena.devices.alive import Identity
from arena.devices.health import Wards
from arena.devices.lease import Lease, Leases
from arena.model.device import Device, DeviceKind
from arena.store.engine import Store
from arena.store.schema import ALLOWANCE_ENTRIES

START = datetime(2026, 11, 1, tzinfo=UTC)
TABLES = ("leases", "device_health", "allowance_entries")
STEPS = {"connect", "Connection.execute", "Cursor.execute", "Connection.commit", "Connection.close", "open", "chmod"}
DEVICES = [
    Device(
        id=f"cpu-slot-{number}",
        kind=DeviceKind.CPU_SLOT,
        name="slot",
        index=number,
        minor=None,
        memory_bytes=0,
        mig_profile=None,
        device_class="cpu",
    )
    for number in range(2)
]


class Nobody:
    """No process lives."""

    def place(self) -> str | None:
        """One place."""
        return "here"

    def started(self, pid: int) -> int | None:
        """None lives."""
        del pid
        return None

    def members(self, group: str) -> int | None:
        """None lives."""
        del group
        return 0


def operations(path: Path) -> list[Callable[[], object]]:
    """The history, one operation after the other."""
    store = Store.open(path)
    moment = [START]
    person = Identity(place="here", processes=((7, 7),))
    leases = Leases(store=store, clock=lambda: moment[0], owner=person, processes=Nobody())
    wards = Wards(store=store, clock=lambda: moment[0], processes=Nobody())
    held: list[Lease] = []

    def acquire(attempt: str) -> None:
        lease = leases.acquire(DEVICES, attempt, 60)
        assert lease is not None
        held.append(lease)

    def enter(kind: str) -> None:
        values = {"team": "rahim", "task": "fruit", "device_class": "cpu", "unit": "cpu_slot_s", "seconds": 2.0}
        with store.write() as connection:
            connection.execute(ALLOWANCE_ENTRIES.insert().values(attempt="a", kind=kind, at=START, **values))

    def renew() -> None:
        moment[0] += timedelta(seconds=20)
        leases.renew(held[-1])

    return [
        lambda: enter("reserve"),
        lambda: acquire("a"),
        lambda: leases.attach(held[-1], Identity(place="here", processes=((8, 8),))),
        renew,
        lambda: leases.release(held[-1]),
        lambda: enter("settle"),
        lambda: acquire("b"),
        leases.reclaim,
        lambda: wards.quarantine(DEVICES[0].id, "for a test"),
        lambda: wards.clear(DEVICES[0].id),
        store.close,
    ]


def contents(path: Path) -> list[object]:
    """All rows of all tables, by a reader that is not arena's."""
    Store.open(path).problems()
    with closing(sqlite3.connect(path)) as connection:
        return [[list(row) for row in connection.execute(f"SELECT * FROM {name}")] for name in TABLES]  # noqa: S608


def live(path: Path, report: int, kill_at: int) -> None:
    """Run the history; die at a step, or tell how many there are."""
    count = 0

    def profile(_: FrameType, event: str, function: Any) -> None:
        nonlocal count
        if event in {"c_call", "c_return"} and getattr(function, "__qualname__", "") in STEPS:
            count += 1
            if count == kill_at:
                os.kill(os.getpid(), signal.SIGKILL)

    todo = operations(path)
    sys.setprofile(profile)
    for operation in todo:
        operation()
        os.write(report, b"d")
    sys.setprofile(None)
    os.write(report, f" {count}".encode())
    os._exit(0)


def tried(path: Path, kill_at: int) -> tuple[int, int | None]:
    """Run it in a child; return how many operations were done, and the number of steps where nothing killed it."""
    read, write = os.pipe()
    if os.fork() == 0:
        try:
            live(path, write, kill_at)
        finally:
            os._exit(3)
    os.close(write)
    with os.fdopen(read, "rb") as file:
        said = file.read().decode()
    _, status = os.wait()
    assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0, "the history broke by itself"
    return said.count("d"), int(said.split()[1]) if " " in said else None


def main() -> None:
    """Find the states and the steps, then die at each."""
    folder = Path(json.loads(sys.argv[1])["folder"])
    states: list[object] = []
    todo = operations(folder / "states.sqlite3")
    Store.open(folder / "states.sqlite3").problems()
    states.append(contents(folder / "states.sqlite3"))
    for operation in todo:
        operation()
        states.append(contents(folder / "states.sqlite3"))
    _, steps = tried(folder / "whole.sqlite3", -1)
    assert steps is not None
    torn, problems, seen = [], [], set()
    for number in range(1, steps + 1):
        path = folder / f"{number}.sqlite3"
        done, _ = tried(path, number)
        seen.add(done)
        problems += Store.open(path).problems()
        if contents(path) not in states[done : done + 2]:
            torn.append(number)
        for left in folder.glob(f"{number}.sqlite3*"):
            left.unlink()
    told = {"steps": steps, "operations": len(todo) - 1, "torn": torn, "problems": problems, "seen": sorted(seen)}
    print(json.dumps(told))


main()
