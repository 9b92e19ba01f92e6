"""Who may have a device, and when it passes on."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from arena.devices.alive import Sight
from arena.devices.health import Wards
from arena.devices.lease import LeaseLostError, Leases, Standing, standing
from arena.devices.renewal import Renewal, Renewer
from arena.errors import InfrastructureError
from arena.model.device import Health
from arena.store.engine import Store
from arena.store.leases import LeaseRow
from tests.conftest import START, Clock
from tests.unit.devices.lease_fakes import FakeProcesses, checked, quick_folder, slot

DEVICE, OTHER = slot(0), slot(1)


class World:
    """A machine, a store, and graders."""

    def __init__(self, store: Store) -> None:
        self.store, self.clock, self.machine = store, Clock(), FakeProcesses()
        self.wards = Wards(store=store, clock=self.clock, processes=checked(self.machine))

    def grader(self) -> Leases:
        """One more."""
        owner = self.machine.start()
        return Leases(store=self.store, clock=self.clock, owner=owner, processes=checked(self.machine))

    def health(self) -> Health:
        """Of the device."""
        return self.wards.states([DEVICE])[0].health


@pytest.fixture
def world() -> Iterator[World]:
    """Nobody holds anything."""
    with quick_folder() as folder:
        store = Store.open(folder / "store.sqlite3", patience_s=0.05)
        yield World(store)
        store.close()


_ROW = LeaseRow(device_id="x", fence=1, attempt="a", owner="o", expires_at=START)


@pytest.mark.parametrize(
    ("late", "owner", "sandbox", "expected"),
    [
        (False, Sight.ALIVE, Sight.DEAD, Standing.HELD),
        (False, Sight.DEAD, Sight.ALIVE, Standing.HELD),
        (False, Sight.DEAD, Sight.UNKNOWN, Standing.HELD),
        (False, Sight.UNKNOWN, Sight.DEAD, Standing.HELD),
        (False, Sight.DEAD, Sight.DEAD, Standing.PASSES),
        (True, Sight.DEAD, Sight.DEAD, Standing.PASSES),
        (True, Sight.ALIVE, Sight.DEAD, Standing.PASSES),
        (True, Sight.UNKNOWN, Sight.DEAD, Standing.PASSES),
        (True, Sight.DEAD, Sight.ALIVE, Standing.UNPROVED),
        (True, Sight.ALIVE, Sight.UNKNOWN, Standing.UNPROVED),
    ],
)
def test_standing(late: bool, owner: Sight, sandbox: Sight, expected: Standing) -> None:  # noqa: FBT001 - a table
    """Only a sandbox that is seen dead lets a lease pass on, and time alone never does."""
    now = START if late else START - timedelta(seconds=1)
    assert standing(_ROW, now=now, owner=owner, sandbox=sandbox) is expected


def test_exclusive(world: World) -> None:
    """A device that is held is refused to others, and to its own holder a second time; given back, it is free."""
    first, second = world.grader(), world.grader()
    lease = first.acquire([DEVICE], "a", 60)
    assert lease is not None
    assert second.acquire([DEVICE], "b", 60) is None
    assert first.acquire([DEVICE], "a", 60) is None
    assert world.health() is Health.LEASED
    assert first.release(lease) == ()
    assert world.health() is Health.FREE
    later = second.acquire([DEVICE], "b", 60)
    assert later is not None
    assert later.fences[0] > lease.fences[0]
    assert later.inherited == ()
    assert not first.holds(lease)


def test_all_or_none(world: World) -> None:
    """Several devices come together or not at all."""
    first, second = world.grader(), world.grader()
    assert first.acquire([OTHER], "a", 60) is not None
    assert second.acquire([DEVICE, OTHER], "b", 60) is None
    assert world.health() is Health.FREE


@pytest.mark.parametrize("devices", [[], [DEVICE, DEVICE]])
def test_no_lease_of(world: World, devices: list[object]) -> None:
    """Nothing, or one device twice, is no lease."""
    with pytest.raises(ValueError, match="one device or more"):
        world.grader().acquire(devices, "a", 60)  # type: ignore[arg-type]


def test_dead_holder(world: World) -> None:
    """Where owner and sandbox are seen dead, the device passes on at once, and the next one is told to drain it."""
    first, second = world.grader(), world.grader()
    lease, sandbox = first.acquire([DEVICE], "a", 60), world.machine.start()
    assert lease is not None
    first.attach(lease, sandbox)
    world.machine.kill(first.owner)
    assert second.acquire([DEVICE], "b", 60) is None
    assert second.expired() == []
    world.machine.kill(sandbox)
    assert [row.attempt for row in second.expired()] == ["a"]
    later = second.acquire([DEVICE], "b", 60)
    assert later is not None
    assert later.inherited == (DEVICE.id,)
    assert world.health() is Health.DRAINING


@pytest.mark.parametrize("proof", ["sandbox", "group", "another boot", "hidden"])
def test_unproved(world: World, proof: str) -> None:
    """A lease that expired while its sandbox is not seen dead puts the device in quarantine, until an operator acts."""
    first, second = world.grader(), world.grader()
    lease, sandbox = first.acquire([DEVICE], "a", 60), world.machine.start()
    assert lease is not None
    if proof == "group":
        world.machine.groups["/g"] = 1
        sandbox = type(sandbox)(place=sandbox.place, processes=sandbox.processes, groups=("/g",))
    first.attach(lease, sandbox)
    if proof == "another boot":
        world.machine.reboot()
    elif proof != "sandbox":
        world.machine.kill(sandbox)
    if proof == "hidden":
        world.machine.hidden.add(sandbox.processes[0][0])
    world.clock.move(seconds=61)
    assert second.acquire([DEVICE], "b", 60) is None
    (state,) = world.wards.states([DEVICE])
    assert state.health is Health.QUARANTINED
    assert state.reason is not None
    assert "attempt a expired" in state.reason
    world.clock.move(days=30)
    assert second.acquire([DEVICE], "b", 60) is None


def test_reused_number(world: World) -> None:
    """Another process under the sandbox's number does not keep the device."""
    first, second = world.grader(), world.grader()
    lease, sandbox = first.acquire([DEVICE], "a", 60), world.machine.start()
    assert lease is not None
    first.attach(lease, sandbox)
    for each in (sandbox, first.owner):
        world.machine.kill(each)
    assert {world.machine.start().processes[0][0] for _ in range(2)} >= {sandbox.processes[0][0]}
    assert second.acquire([DEVICE], "b", 60) is not None


def test_late_holder(world: World) -> None:
    """A holder that slept past its time, and whose sandbox is dead, learns from every call that the lease is gone."""
    first, second = world.grader(), world.grader()
    lease = first.acquire([DEVICE], "a", 60)
    assert lease is not None
    world.clock.move(seconds=61)
    assert second.acquire([DEVICE], "b", 60) is not None
    for call in (first.renew, first.release, lambda lease: first.attach(lease, world.machine.start())):
        with pytest.raises(LeaseLostError):
            call(lease)
    assert not first.holds(lease)
    assert world.health() is Health.DRAINING


def test_clock_set_back(world: World) -> None:
    """A clock that is set back, at any point, frees nothing early."""
    first, second = world.grader(), world.grader()
    lease = first.acquire([DEVICE], "a", 60)
    assert lease is not None
    world.clock.move(seconds=-1000)
    first.renew(lease)
    assert second.acquire([DEVICE], "b", 60) is None
    world.clock.move(seconds=1059)
    assert second.acquire([DEVICE], "b", 60) is None
    world.clock.move(seconds=1)
    assert second.acquire([DEVICE], "b", 60) is not None


def test_release_while_alive(world: World) -> None:
    """Who gives back a device while its sandbox lives gives it to the operator."""
    first = world.grader()
    lease = first.acquire([DEVICE], "a", 60)
    assert lease is not None
    first.attach(lease, world.machine.start())
    assert first.release(lease) == (DEVICE.id,)
    assert world.health() is Health.QUARANTINED


def test_two_sandboxes(world: World) -> None:
    """One lease may run two sandboxes, and is not free before both are dead."""
    first, second = world.grader(), world.grader()
    lease = first.acquire([DEVICE], "a", 60)
    assert lease is not None
    fit, predict = world.machine.start(), world.machine.start()
    first.attach(lease, fit)
    first.attach(lease, predict)
    world.machine.kill(first.owner)
    world.machine.kill(predict)
    assert second.acquire([DEVICE], "b", 60) is None
    world.machine.kill(fit)
    assert second.acquire([DEVICE], "b", 60) is not None


def test_reclaim(world: World) -> None:
    """What dead graders held is found without asking for it, with what became of each."""
    first, second = world.grader(), world.grader()
    one, two = first.acquire([DEVICE], "a", 60), first.acquire([OTHER], "b", 60)
    assert one is not None
    assert two is not None
    first.attach(two, world.machine.start())
    world.machine.kill(first.owner)
    assert [(each.attempt, each.quarantined) for each in second.reclaim()] == [("a", None)]
    world.clock.move(seconds=61)
    (found,) = second.reclaim()
    assert (found.attempt, found.fence) == ("b", two.fences[0])
    assert found.quarantined is not None
    assert second.reclaim() == ()


def test_renewer_keeps(world: World) -> None:
    """While it is renewed nothing is ended."""
    first = world.grader()
    lease = first.acquire([DEVICE], "a", 60)
    assert lease is not None
    lost: list[bool] = []
    with Renewer(Renewal(leases=first, lease=lease), lambda: lost.append(True)):
        assert first.holds(lease)
    assert not lost


@pytest.mark.parametrize("cause", ["passed on", "store hangs", "fault of ours"])
def test_renewer_gives_up(world: World, cause: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever keeps a lease from being renewed, the sandbox is ended, once."""
    import threading

    first = world.grader()
    lease = first.acquire([DEVICE], "a", 0.3)
    assert lease is not None
    ended, calls = threading.Event(), []

    def lost() -> None:
        calls.append(True)
        ended.set()

    monkeypatch.setattr(threading, "excepthook", lambda _: None)
    with Renewer(Renewal(leases=first, lease=lease), lost):
        if cause == "passed on":
            world.wards.quarantine(DEVICE.id, "for a test")
            assert ended.wait(10)
        elif cause == "store hangs":
            with world.store.write():
                assert ended.wait(10)
        else:
            monkeypatch.setattr(Clock, "__call__", lambda _: 1 / 0)
            assert ended.wait(10)
    assert calls == [True]


def test_renewal_steps(world: World) -> None:
    """A renewal is due after a third of the time, tried again sooner, and given up after two thirds."""
    first, ticks = world.grader(), [1000.0]
    lease = first.acquire([DEVICE], "a", 60)
    assert lease is not None
    renewal = Renewal(leases=first, lease=lease, monotonic=lambda: ticks[0])
    assert renewal.step() == pytest.approx(20)
    assert renewal.left() == pytest.approx(40)
    ticks[0] += 20
    with world.store.write():
        assert renewal.step() == pytest.approx(2)
    assert renewal.left() == pytest.approx(20)
    with pytest.raises(InfrastructureError), world.store.write():
        renewal.renew()
