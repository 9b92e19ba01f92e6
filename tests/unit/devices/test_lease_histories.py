"""Whatever happens, in whatever order: no device is touched by two attempts."""

from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from arena.devices.alive import Identity
from arena.devices.health import Wards
from arena.devices.lease import Lease, LeaseLostError, Leases
from arena.errors import UsageError
from arena.model.device import Health
from arena.store.engine import Store
from tests.conftest import Clock
from tests.unit.devices.lease_fakes import FakeProcesses, checked, quick_folder, slot

_DEVICES = [slot(number) for number in range(2)]
_IDS = [device.id for device in _DEVICES]
_TTL_S = 60.0


@dataclass(slots=True)
class Holding:
    """A lease as the test remembers it.

    ``given_back`` means that its holder did, or that it was told it is lost; ``reclaimed`` that another grader took it
    back, which its holder may not know.
    """

    lease: Lease
    leases: Leases
    until: datetime
    given_back: bool = False
    reclaimed: bool = False
    running: list[Identity] = field(default_factory=list)

    @property
    def ids(self) -> list[str]:
        """The ids of its devices."""
        return [device.id for device in self.lease.devices]


class Histories(RuleBasedStateMachine):
    """Graders that acquire, attach, renew, stall, give back and crash, while the clock is set to and fro."""

    def __init__(self) -> None:
        super().__init__()
        self.stack = ExitStack()
        self.store = Store.open(self.stack.enter_context(quick_folder()) / "store.sqlite3")
        self.stack.callback(self.store.close)
        self.clock = Clock()
        self.machine = FakeProcesses()
        self.wards = Wards(store=self.store, clock=self.clock, processes=checked(self.machine))
        self.graders: list[Leases] = []
        self.holdings: list[Holding] = []
        self.fences = dict.fromkeys(_IDS, 0)
        self.number = 0

    def teardown(self) -> None:
        """Remove the store."""
        self.stack.close()

    @initialize()
    def begin(self) -> None:
        """Two graders on one machine."""
        self.grader_starts()
        self.grader_starts()

    def health(self) -> dict[str, Health]:
        """Of each device."""
        return {state.device.id: state.health for state in self.wards.states(_DEVICES)}

    def open_holdings(self) -> list[Holding]:
        """Those whose grader, if it lives, thinks that it has the lease."""
        return [each for each in self.holdings if not each.given_back and self.machine.lives(each.leases.owner)]

    def some(self, data: st.DataObject) -> Holding:
        """One of them."""
        return data.draw(st.sampled_from(self.open_holdings()))

    def living(self) -> list[Leases]:
        """The graders that live."""
        return [each for each in self.graders if self.machine.lives(each.owner)]

    @precondition(lambda self: len(self.living()) < 2)
    @rule()
    def grader_starts(self) -> None:
        """A new grader, perhaps under the number of a dead one."""
        owner = self.machine.start()
        self.graders.append(Leases(store=self.store, clock=self.clock, owner=owner, processes=checked(self.machine)))

    @precondition(lambda self: self.living())
    @rule(data=st.data(), ids=st.sampled_from([(0,), (1,), (0, 1)]), at_work=st.booleans())
    def acquire(self, data: st.DataObject, ids: tuple[int, ...], *, at_work: bool) -> None:
        """A lease comes only where nobody can touch the device any more, and at once where that is plain."""
        grader = data.draw(st.sampled_from(self.living()))
        devices = [_DEVICES[number] for number in ids]
        before = self.health()
        self.number += 1
        lease = grader.acquire(devices, f"attempt-{self.number}", _TTL_S)
        after = self.health()
        for device in devices:
            if after[device.id] is Health.QUARANTINED and before[device.id] is not Health.QUARANTINED:
                self.is_unprovable(device.id)
        if lease is None:
            assert any(not self.is_plainly_free(device.id, before) for device in devices)
            return
        for device, fence in zip(devices, lease.fences, strict=True):
            assert before[device.id] is not Health.QUARANTINED
            assert fence > self.fences[device.id]
            self.fences[device.id] = fence
            held = self.last_of(device.id)
            assert not any(self.machine.lives(each) for last in held for each in last.running)
            # Those before passed on once, by the clock of then.
            for last in held[-1:]:
                if not (last.given_back or last.reclaimed) and self.machine.lives(last.leases.owner):
                    assert self.clock() >= last.until, "it was freed early"
        holding = Holding(lease=lease, leases=grader, until=self.clock() + timedelta(seconds=_TTL_S))
        self.holdings.append(holding)
        if at_work:
            self.attach_to(holding)

    def last_of(self, device: str) -> list[Holding]:
        """Every holding of the device until now."""
        return [each for each in self.holdings if device in each.ids]

    def is_plainly_free(self, device: str, health: dict[str, Health]) -> bool:
        """Whether nobody could say why it should not be given out."""
        last = self.last_of(device)[-1:]
        dead = all(
            each.given_back
            or (not self.machine.lives(each.leases.owner) and each.leases.owner.place == self.machine.boot)
            for each in last
        )
        return (
            health[device] is not Health.QUARANTINED
            and dead
            and not any(self.machine.lives(sandbox) for each in last for sandbox in each.running)
        )

    def is_unprovable(self, device: str) -> None:
        """A quarantine is for a lease that ended while its sandbox lived, or was of another boot."""
        last = self.last_of(device)[-1]
        assert self.clock() >= last.until
        assert any(self.machine.lives(each) or each.place != self.machine.boot for each in last.running)

    @precondition(lambda self: self.open_holdings())
    @rule(data=st.data())
    def attach(self, data: st.DataObject) -> None:
        """A sandbox goes only once it is attached. One that may not is ended before it goes."""
        self.attach_to(self.some(data))

    def attach_to(self, holding: Holding) -> None:
        """Start a sandbox and attach it."""
        sandbox = self.machine.start()
        try:
            holding.leases.attach(holding.lease, sandbox)
        except LeaseLostError:
            self.machine.kill(sandbox)
            self.end(holding)
        else:
            holding.running.append(sandbox)

    def end(self, holding: Holding) -> None:
        """Who is told that the lease is lost ends what runs, and gives back what is left of it."""
        for sandbox in holding.running:
            self.machine.kill(sandbox)
        with suppress(LeaseLostError):
            holding.leases.release(holding.lease)
        holding.given_back = True

    @precondition(lambda self: any(each.running for each in self.holdings))
    @rule(data=st.data())
    def sandbox_ends(self, data: st.DataObject) -> None:
        """A sandbox comes to its end, also one whose grader died."""
        holding = data.draw(st.sampled_from([each for each in self.holdings if each.running]))
        self.machine.kill(data.draw(st.sampled_from(holding.running)))

    @precondition(lambda self: self.open_holdings())
    @rule(data=st.data())
    def renew(self, data: st.DataObject) -> None:
        """Who is still the holder may renew, and is never given less time than before."""
        holding = self.some(data)
        try:
            holding.leases.renew(holding.lease)
        except LeaseLostError:
            self.end(holding)
        else:
            holding.until = max(holding.until, self.clock() + timedelta(seconds=_TTL_S))
            assert holding.leases.holds(holding.lease)

    @precondition(lambda self: self.open_holdings())
    @rule(data=st.data(), ended=st.booleans())
    def release(self, data: st.DataObject, *, ended: bool) -> None:
        """A device that is given back while its sandbox lives is quarantined, not passed on."""
        holding = self.some(data)
        if ended:
            for sandbox in holding.running:
                self.machine.kill(sandbox)
        alive = any(self.machine.lives(each) for each in holding.running)
        try:
            bad = holding.leases.release(holding.lease)
        except LeaseLostError:
            return
        finally:
            holding.given_back = True
        if alive:
            assert set(bad) == set(holding.ids)

    @precondition(lambda self: self.living())
    @rule(data=st.data(), also=st.booleans())
    def crash(self, data: st.DataObject, *, also: bool) -> None:
        """A grader dies, with its sandboxes or without."""
        grader = data.draw(st.sampled_from(self.living()))
        self.machine.kill(grader.owner)
        for holding in self.holdings if also else []:
            if holding.leases is grader:
                for sandbox in holding.running:
                    self.machine.kill(sandbox)

    @precondition(lambda self: self.number > 6 and self.machine.boot == "boot 1")
    @rule()
    def reboot(self) -> None:
        """Everything dies, and nothing of it can be seen any more."""
        self.machine.reboot()
        self.graders.clear()
        self.grader_starts()

    @rule(seconds=st.sampled_from([-100_000, -61, -1, 1, 30, 61, 100_000]))
    def clock_moves(self, seconds: float) -> None:
        """Time passes, or the clock is set."""
        self.clock.move(seconds=seconds)

    @precondition(lambda self: Health.QUARANTINED in self.health().values())
    @rule(number=st.integers(0, 1))
    def operator_clears(self, number: int) -> None:
        """An operator ends a quarantine, which is refused while a sandbox is seen on the device."""
        device = _IDS[number]
        quarantined = self.health()[device] is Health.QUARANTINED
        try:
            self.wards.clear(device)
        except UsageError as error:
            if error.message_id == "device.not_quarantined":
                assert not quarantined
            return
        assert quarantined
        for last in self.last_of(device)[-1:]:
            last.given_back = True

    @precondition(lambda self: self.living())
    @rule(data=st.data())
    def reclaim(self, data: st.DataObject) -> None:
        """A grader looks after all devices at once; of what is left over, nothing has expired."""
        grader = data.draw(st.sampled_from(self.living()))
        for each in grader.reclaim():
            last = self.last_of(each.device_id)[-1]
            assert each.attempt == last.lease.attempt
            if each.quarantined is None:
                assert not any(self.machine.lives(sandbox) for sandbox in last.running)
                if not last.given_back and self.machine.lives(last.leases.owner):
                    assert self.clock() >= last.until, "it was reclaimed early"
                # From now on it is free, whatever the clock is set to.
                last.reclaimed = True
        sick = {device for device, health in self.health().items() if health is Health.QUARANTINED}
        assert {row.device_id for row in grader.expired()} <= sick

    @invariant()
    def one_attempt_for_each_device(self) -> None:
        """The living sandboxes on a device are of one attempt."""
        for device in _IDS:
            attempts = {
                each.lease.attempt
                for each in self.last_of(device)
                if any(self.machine.lives(sandbox) for sandbox in each.running)
            }
            assert len(attempts) <= 1, (device, attempts)


TestHistories = Histories.TestCase
TestHistories.settings = settings(max_examples=150, stateful_step_count=50, deadline=None)
