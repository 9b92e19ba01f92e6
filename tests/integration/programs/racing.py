"""Processes race for leases, and die of SIGKILL at any moment; tell what an independent witness saw.

Its one argument is JSON: ``{folder, devices, holders, leases, kill_every, seed, blind}``. Every holder starts a child
as its sandbox. The sandbox alone touches the device: it takes the kernel's lock of the device's file, which it must
find free, and appends its fence to the device's log. With ``blind`` nobody is ever seen alive, so that the witness has
something to see.
"""

# ruff: noqa: T201, S311

import contextlib
import ctypes
import fcntl
import gc
import json
import mmap
import os
import random
import signal
import struct
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from arena.devices.alive import REAL, Processes, identify
from arena.devices.health import Wards
from arena.devices.lease import LeaseLostError, Leases
from arena.model.device import Device, DeviceKind, Health
from arena.store.engine import Store

LIBC = ctypes.CDLL(None)
PR_SET_PDEATHSIG, PR_SET_CHILD_SUBREAPER = 1, 36
TTL_S = 120.0
# One sandbox in so many does not die with its holder, and works for long.
STUBBORN = 4


class Blind:
    """Takes everything for dead."""

    def place(self) -> str | None:
        """As it is."""
        return REAL.place()

    def started(self, pid: int) -> int | None:
        """Never a process."""
        del pid
        return None

    def members(self, group: str) -> int | None:
        """Never a process."""
        del group
        return 0


def now() -> datetime:
    """The wall clock."""
    return datetime.now(UTC)


class Race:
    """What the processes share."""

    def __init__(self, asked: dict[str, Any]) -> None:
        self.folder = Path(asked["folder"])
        self.asked = asked
        self.rng = random.Random(asked["seed"])
        self.devices = [
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
            for number in range(asked["devices"])
        ]
        for device in self.devices:
            self.path(device, "lock").touch()
            self.path(device, "log").touch()
        self.counts = mmap.mmap(-1, 8 * asked["holders"])
        self.holding = mmap.mmap(-1, asked["holders"])
        self.places: dict[int, int] = {}

    def path(self, device: Device, kind: str) -> Path:
        """A file of the witness."""
        return self.folder / f"{device.id}.{kind}"

    def total(self) -> int:
        """Leases so far."""
        return sum(struct.unpack(f"{self.asked['holders']}q", self.counts[:]))

    def start(self, place: int) -> None:
        """Fork a holder."""
        seed = self.rng.random()
        if (pid := os.fork()) == 0:
            code = 1
            try:
                LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
                self.hold(place, random.Random(seed))
                code = 0
            except BaseException as error:  # noqa: BLE001 - told to whoever judges
                self.tell("broken", f"{type(error).__name__}: {error}")
            os._exit(code)
        self.places[pid] = place

    def tell(self, name: str, text: str) -> None:
        """Append a line."""
        fd = os.open(self.folder / name, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        os.write(fd, f"{text}\n".encode())
        os.close(fd)

    def hold(self, place: int, rng: random.Random) -> None:
        """Take leases until all are taken."""
        processes: Processes = Blind() if self.asked["blind"] else REAL
        store = Store.open(self.folder / "store.sqlite3", patience_s=60)
        leases = Leases(store=store, clock=now, owner=identify(REAL, [os.getpid()]), processes=processes)
        number, pause = 0, 0.02
        while self.total() < self.asked["leases"]:
            device = rng.choice(self.devices)
            number += 1
            lease = leases.acquire([device], f"attempt-{os.getpid()}-{number}", TTL_S)
            if lease is None:
                time.sleep(rng.uniform(pause / 2, pause))
                pause = min(2 * pause, 0.4)
                continue
            pause = 0.02
            self.counts[8 * place : 8 * place + 8] = struct.pack(
                "q", struct.unpack("q", self.counts[8 * place : 8 * place + 8])[0] + 1
            )
            self.holding[place] = 1
            if lease.inherited:
                self.tell("inherited", device.id)
                # What a drain would note of an empty device; there is nothing to look at here.
                wards = Wards(store=store, clock=now)
                wards.drain(device, is_empty=lambda: True, used_bytes=lambda: 0, baseline_bytes=0, patience_s=0)
            read, write = os.pipe()
            sandbox = os.fork()
            if sandbox == 0:
                os.close(write)
                self.work(device, lease.fences[0], read, rng)
            os.close(read)
            with contextlib.suppress(LeaseLostError) if self.asked["blind"] else contextlib.nullcontext():
                leases.attach(lease, identify(REAL, [sandbox]))
                if rng.random() < 0.2:
                    leases.renew(lease)
            os.write(write, b"g")
            os.close(write)
            os.waitpid(sandbox, 0)
            with contextlib.suppress(LeaseLostError) if self.asked["blind"] else contextlib.nullcontext():
                if leases.release(lease):
                    self.tell("broken", f"{device.id} was quarantined")
            self.holding[place] = 0

    def work(self, device: Device, fence: int, go: int, rng: random.Random) -> None:
        """Be a sandbox."""
        try:
            stubborn = rng.randrange(STUBBORN) == 0
            if not stubborn:
                LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
            if os.read(go, 1) != b"g":
                os._exit(0)
            lock = os.open(self.path(device, "lock"), os.O_RDWR)
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                self.tell("violations", f"{device.id} {fence}")
            self.tell(f"{device.id}.log", str(fence))
            time.sleep(rng.uniform(0.005, 0.02) if stubborn else rng.uniform(0, 0.002))
            os._exit(0)
        except BaseException as error:  # noqa: BLE001 - told to whoever judges
            self.tell("broken", f"{type(error).__name__}: {error}")
            os._exit(1)

    def run(self) -> dict[str, Any]:
        """Start all, kill some, wait for the rest."""
        LIBC.prctl(PR_SET_CHILD_SUBREAPER, 1)
        began = time.monotonic()
        self.warm_up()
        for place in range(self.asked["holders"]):
            self.start(place)
        kills = 0
        while self.places:
            if (total := self.total()) < self.asked["leases"] and total // self.asked["kill_every"] > kills:
                # Every other time one that holds a lease, of which there are few.
                busy = [pid for pid, place in self.places.items() if self.holding[place]] if kills % 2 else []
                os.kill(self.rng.choice(busy or list(self.places)), signal.SIGKILL)
                kills += 1
            with contextlib.suppress(ChildProcessError):
                while (ended := os.waitpid(-1, os.WNOHANG))[0]:
                    killed = self.places.pop(ended[0], -1)
                    if killed >= 0 and os.WIFSIGNALED(ended[1]):
                        self.holding[killed] = 0
                        self.start(killed)
            time.sleep(0.002)
        seconds = time.monotonic() - began
        with contextlib.suppress(ChildProcessError):
            while True:
                os.waitpid(-1, 0)
        return {"seconds": seconds, "kills": kills, "leases": self.total(), **self.judge()}

    def warm_up(self) -> None:
        """Make, once for all, what every holder would make for itself."""
        store = Store.open(self.folder / "warm.sqlite3")
        leases = Leases(store=store, clock=now, owner=identify(REAL, [os.getpid()]))
        lease = leases.acquire(self.devices[:1], "warm", TTL_S)
        assert lease is not None
        leases.attach(lease, identify(REAL, []))
        leases.renew(lease)
        leases.release(lease)
        store.close()
        gc.freeze()

    def judge(self) -> dict[str, Any]:
        """What is left, and what the witness wrote."""
        store = Store.open(self.folder / "store.sqlite3")
        owner = identify(REAL, [os.getpid()])
        reclaimed = Leases(store=store, clock=now, owner=owner).reclaim()
        states = Wards(store=store, clock=now).states(self.devices)
        files = {name: self.folder / name for name in ("violations", "broken", "inherited")}
        return {
            **{name: path.read_text().splitlines() if path.exists() else [] for name, path in files.items()},
            "fences": [[int(line) for line in self.path(each, "log").read_text().split()] for each in self.devices],
            "reclaimed": [each.quarantined for each in reclaimed],
            "health": [state.health.value for state in states if state.health is not Health.FREE],
            "problems": store.problems(),
        }


print(json.dumps(Race(json.loads(sys.argv[1])).run()))
