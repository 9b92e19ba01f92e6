"""An attempt gets a device that is free, is told when it may no longer have it, and leaves it empty or quarantined."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import NoReturn

import pytest

from arena.devices.alive import REAL, Identity
from arena.devices.health import Wards
from arena.devices.interface import DeviceLostError, Driver, MeterReason, NoDeviceError, NoGpuError
from arena.devices.lease import LeaseLostError, Leases
from arena.devices.nodes import Access
from arena.devices.pool import Held, NotEmptyError, Pool
from arena.model.device import Device, DeviceKind, Health
from arena.store.engine import Store
from tests.unit.devices.gpus import MIB, FakeDriver, FakeReader, facts
from tests.unit.devices.lease_fakes import quick_folder

GPU, SLOT = DeviceKind.GPU, DeviceKind.CPU_SLOT


def _now() -> datetime:
    return datetime.now(UTC)


class Machine:
    """Two GPUs and a CPU slot, of which nothing is real but the store."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.readers = {name: FakeReader(device=name, memory=500 * MIB) for name in ("GPU-a", "GPU-b")}
        self.driver = FakeDriver(gpus=[facts(0), facts(1)], readers=self.readers)
        self.pauses: list[float] = []
        self.while_waiting: Callable[[], None] = lambda: None
        self.pool = self.new_pool()

    def new_pool(self, broken: str | None = None) -> Pool:
        """A grader's."""

        def opened() -> Driver:
            if broken:
                raise NoGpuError(broken)
            return self.driver

        return Pool(
            store=self.store,
            clock=_now,
            slots=1,
            open_driver=opened,
            access=lambda device: Access(environment=(("SEEN", device.id),)),
            drain_s=0.0,
            sleep=self.sleep,
        )

    def sleep(self, seconds: float) -> None:
        """Let no time pass."""
        self.pauses.append(seconds)
        self.while_waiting()

    def states(self) -> dict[str, Health]:
        """How the devices are doing."""
        found = Wards(store=self.store, clock=_now).states(self.pool.inventory().devices)
        return {state.device.id: state.health for state in found}


@pytest.fixture
def machine() -> Iterator[Machine]:
    """Nobody holds anything."""
    with quick_folder() as folder:
        store = Store.open(folder / "store.sqlite3", patience_s=1.0)
        made = Machine(store)
        yield made
        made.pool.close()
        store.close()


def _device(held: Held) -> Device:
    return held.device


def test_a_device_is_held_while_the_block_runs(machine: Machine) -> None:
    """Two attempts get two devices; afterwards both are free."""
    with machine.pool.lease(GPU, "one") as first, machine.new_pool().lease(GPU, "two") as second:
        assert {_device(first).id, _device(second).id} == {"GPU-a", "GPU-b"}
        assert dict(first.access.environment) == {"SEEN": _device(first).id}
        assert machine.states() == {"GPU-a": Health.LEASED, "GPU-b": Health.LEASED, "cpu-slot-0": Health.FREE}
    assert set(machine.states().values()) == {Health.FREE}


def test_who_comes_too_late_waits_and_is_told_once(machine: Machine) -> None:
    """A device that is given back meanwhile goes to who waits."""
    told: list[str] = []
    first = machine.pool.lease(SLOT, "one")
    first.__enter__()

    def give_back() -> None:
        if len(machine.pauses) == 3:
            first.__exit__(None, None, None)

    machine.while_waiting = give_back
    with machine.new_pool().lease(SLOT, "two", waiting=lambda: told.append("waits")) as held:
        assert _device(held).id == "cpu-slot-0"
    assert told == ["waits"]
    assert machine.pauses == sorted(machine.pauses)


def test_a_run_is_metered_from_its_go_to_its_end(machine: Machine, tmp_path: Path) -> None:
    """Each run of a lease counts by itself."""
    with machine.pool.lease(GPU, "one") as held:
        for _ in range(2):
            held.attach([], [tmp_path], lambda: None)
            held.begin()
            assert held.exceeded() is None
            used = held.end()
            assert (used.unit, used.device_class) == ("gpu_s", "nvidia-h100-80gb-hbm3")
            assert 0 <= used.leased_s < 5
            assert list(used.advisory) == [_device(held).id]
        with pytest.raises(RuntimeError):
            held.end()


def test_memory_beyond_the_limit_is_a_reason_to_end(machine: Machine) -> None:
    """Only what was not there before counts."""
    with machine.pool.lease(GPU, "one", gpu_memory_bytes=100 * MIB) as held:
        reader = machine.readers[_device(held).id]
        held.begin()
        reader.memory = 700 * MIB
        while held.exceeded() is None:
            pass
        assert held.exceeded() is MeterReason.GPU_MEMORY
        held.end()
        reader.memory = 500 * MIB
    assert set(machine.states().values()) == {Health.FREE}


@pytest.mark.parametrize("left", [600 * MIB, 500 * MIB])
def test_a_device_that_is_not_seen_empty_is_quarantined(machine: Machine, left: int) -> None:
    """A process on it is as bad as memory in use; the attempt's result counts all the same."""
    with machine.pool.lease(GPU, "one") as held:
        used = _device(held).id
        machine.readers[used].memory = left
        if left == 500 * MIB:
            machine.readers[used].running = [object()]  # type: ignore[list-item]
    assert machine.states()[used] is Health.QUARANTINED
    with machine.pool.lease(GPU, "two") as other:
        assert _device(other).id != used


def _runs_until_lost(machine: Machine, held: Held) -> NoReturn:
    held.begin()
    machine.readers[_device(held).id].lost = "fell off the bus"
    while True:
        held.exceeded()


def test_a_lost_gpu_is_quarantined_and_ends_the_attempt(machine: Machine) -> None:
    """Its block is left by the error that says so."""
    with pytest.raises(DeviceLostError), machine.pool.lease(GPU, "one") as held:
        _runs_until_lost(machine, held)
    assert sorted(health.value for name, health in machine.states().items() if "GPU" in name) == ["free", "quarantined"]


def test_where_all_are_quarantined_nobody_waits_for_ever(machine: Machine) -> None:
    """The reasons are named."""
    wards = Wards(store=machine.store, clock=_now)
    for name in ("GPU-a", "GPU-b"):
        wards.quarantine(name, f"{name} smells of smoke")
    with pytest.raises(NoDeviceError) as caught, machine.pool.lease(GPU, "one"):
        pass
    assert "GPU-a smells of smoke" in str(caught.value.params["reasons"])


def _runs_until_taken(machine: Machine, held: Held, end: Callable[[], None]) -> NoReturn:
    held.attach([], [], end)
    held.begin()
    Wards(store=machine.store, clock=_now).quarantine("cpu-slot-0", "looked at by an operator")
    while True:
        held.exceeded()


def test_a_lease_that_was_taken_away_ends_the_sandbox(machine: Machine) -> None:
    """Whoever quarantines a device ends what runs there; nothing of that attempt counts."""
    ended: list[str] = []
    pool = machine.new_pool()
    pool.ttl_s = 0.3
    with pytest.raises(LeaseLostError), pool.lease(SLOT, "one") as held:
        _runs_until_taken(machine, held, lambda: ended.append("killed"))
    assert ended == ["killed"]


def test_no_go_for_a_sandbox_whose_lease_is_gone(machine: Machine) -> None:
    """It is learnt before the sandbox goes."""
    with machine.pool.lease(SLOT, "one") as held:
        Wards(store=machine.store, clock=_now).quarantine("cpu-slot-0", "looked at by an operator")
        with pytest.raises(LeaseLostError):
            held.attach([], [], lambda: None)


def test_a_device_whose_holder_died_is_seen_empty_first(machine: Machine) -> None:
    """A CPU slot is, when its sandbox is dead; a GPU that still holds something is quarantined."""
    dead = Leases(store=machine.store, clock=_now, owner=_nobody(), processes=REAL)
    devices = machine.pool.inventory().devices
    for device in devices:
        assert dead.acquire([device], "left", 30)
    with machine.pool.lease(SLOT, "next") as held:
        assert _device(held).id == "cpu-slot-0"
    assert machine.states()["cpu-slot-0"] is Health.FREE
    for reader in machine.readers.values():
        reader.memory = 3 * 1024 * MIB
    with pytest.raises(NotEmptyError), machine.pool.lease(GPU, "next"):
        pass
    assert Health.QUARANTINED in machine.states().values()


def _nobody() -> Identity:
    return Identity(place=REAL.place(), processes=())


@pytest.mark.parametrize(
    ("wanted", "budgeted", "there", "expected"),
    [
        ("cpu", True, True, SLOT),
        ("any", True, True, GPU),
        ("any", False, True, SLOT),
        ("any", True, False, SLOT),
        ("gpu", False, True, GPU),
    ],
)
def test_which_kind_a_task_gets(
    machine: Machine,
    wanted: str,
    budgeted: bool,  # noqa: FBT001
    there: bool,  # noqa: FBT001
    expected: DeviceKind,
) -> None:
    """A task that leaves it open runs on a GPU where there is one and it says how much of it may be used."""
    pool = machine.new_pool(broken=None if there else "no driver")
    assert pool.kind_for(wanted, has_gpu_budget=budgeted) is expected
    pool.close()


def test_a_gpu_that_is_demanded_and_not_there_is_refused(machine: Machine) -> None:
    """With the driver's reason."""
    with pytest.raises(NoGpuError, match="no driver"):
        machine.new_pool(broken="no driver").kind_for("gpu", has_gpu_budget=True)
