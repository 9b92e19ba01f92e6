"""A device is used again only when it is seen empty, and after a quarantine only at an operator's word."""

from collections.abc import Iterator

import pytest

from arena.devices.health import Wards
from arena.devices.lease import Leases
from arena.errors import InfrastructureError, UsageError
from arena.model.device import Health
from arena.store.engine import Store
from tests.conftest import START, Clock
from tests.unit.devices.lease_fakes import FakeProcesses, checked, quick_folder, slot

DEVICE = slot(0)


class Ward:
    """One device and a clock that runs while somebody sleeps."""

    def __init__(self, store: Store) -> None:
        self.ticks, self.machine = 0.0, FakeProcesses()
        self.wards = Wards(
            store=store,
            clock=Clock(),
            processes=checked(self.machine),
            monotonic=lambda: self.ticks,
            sleep=self.sleep,
        )
        owner = self.machine.start()
        self.leases = Leases(store=store, clock=Clock(), owner=owner, processes=checked(self.machine))

    def sleep(self, seconds: float) -> None:
        """Let time pass."""
        self.ticks += seconds

    def drain(self, *, empty_after: float = 0, used: int = 0) -> bool:
        """Drain the device, which has ``used`` bytes in use until its processes are gone."""
        return self.wards.drain(
            DEVICE,
            is_empty=lambda: self.ticks >= empty_after,
            used_bytes=lambda: used,
            baseline_bytes=100,
            patience_s=5,
        )

    def state(self) -> tuple[Health, str | None]:
        """The device's health and why."""
        (state,) = self.wards.states([DEVICE])
        return state.health, state.reason


@pytest.fixture
def ward() -> Iterator[Ward]:
    """A device that nothing is known of."""
    with quick_folder() as folder:
        store = Store.open(folder / "store.sqlite3")
        yield Ward(store)
        store.close()


def test_new(ward: Ward) -> None:
    """A device that nothing is known of is free."""
    assert ward.state() == (Health.FREE, None)


def test_drained(ward: Ward) -> None:
    """A device that becomes empty in time is free."""
    assert ward.drain(empty_after=4, used=100)
    assert ward.state() == (Health.FREE, None)
    assert 4 <= ward.ticks < 5


def test_left_over(ward: Ward) -> None:
    """Processes or memory that stay put the device in quarantine, with the reason."""
    assert not ward.drain(empty_after=60)
    health, reason = ward.state()
    assert health is Health.QUARANTINED
    assert reason == "processes are left on it"
    assert ward.ticks == pytest.approx(5, abs=0.2)
    ward.wards.clear(DEVICE.id)
    ward.ticks = 60
    assert not ward.drain(empty_after=60, used=101)
    _, reason = ward.state()
    assert reason is not None
    assert "101 bytes" in reason


def test_lost_device(ward: Ward) -> None:
    """A device that cannot be looked at is quarantined without waiting."""

    def gone() -> bool:
        raise InfrastructureError("device.lost", device=DEVICE.id, reason="off the bus")

    assert not ward.wards.drain(DEVICE, is_empty=gone, used_bytes=lambda: 0, baseline_bytes=0, patience_s=5)
    health, reason = ward.state()
    assert health is Health.QUARANTINED
    assert reason is not None
    assert "off the bus" in reason
    assert ward.ticks == 0


def test_quarantine_stays(ward: Ward) -> None:
    """The first reason stays; neither a drain nor a lease ends a quarantine."""
    ward.wards.quarantine(DEVICE.id, "first")
    ward.wards.quarantine(DEVICE.id, "second")
    assert not ward.drain()
    assert ward.leases.acquire([DEVICE], "a", 60) is None
    assert ward.state() == (Health.QUARANTINED, "first")


def test_clear(ward: Ward) -> None:
    """An operator ends a quarantine; the next holder is told to see that the device is empty."""
    with pytest.raises(UsageError, match="not_quarantined"):
        ward.wards.clear(DEVICE.id)
    ward.wards.quarantine(DEVICE.id, "first")
    ward.wards.clear(DEVICE.id)
    lease = ward.leases.acquire([DEVICE], "a", 60)
    assert lease is not None
    assert lease.inherited == (DEVICE.id,)
    assert ward.drain()
    assert ward.state() == (Health.LEASED, None)


def test_clear_while_alive(ward: Ward) -> None:
    """Not even an operator gives out a device on which a sandbox is seen."""
    lease, sandbox = ward.leases.acquire([DEVICE], "a", 60), ward.machine.start()
    assert lease is not None
    ward.leases.attach(lease, sandbox)
    ward.leases.release(lease)
    with pytest.raises(UsageError, match="still_held"):
        ward.wards.clear(DEVICE.id)
    ward.machine.kill(sandbox)
    ward.wards.clear(DEVICE.id)
    assert ward.state()[0] is Health.DRAINING


def test_states(ward: Ward) -> None:
    """A state names the holder and since when."""
    ward.leases.acquire([DEVICE], "a", 60)
    (state,) = ward.wards.states([DEVICE])
    assert (state.health, state.holder, state.since) == (Health.LEASED, "a", START)
