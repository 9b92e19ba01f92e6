"""Keep a lease while its sandbox runs, and end the sandbox when it cannot be kept.

Theory of operation. One thread renews. Another looks at the clock alone and gives up when no renewal came back for two
thirds of the lease's time, also where the first one hangs in a store or a disk that does not answer. The last third is
for the sandbox to end in. Durations are taken from a clock that is never set.
"""

import contextlib
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Self

from arena.devices.lease import Lease, LeaseLostError, Leases
from arena.errors import ArenaError

_EVERY, _AGAIN, _GIVE_UP = 1 / 3, 1 / 30, 2 / 3


@dataclass(slots=True, kw_only=True)
class Renewal:
    """When to renew and when to give up. ``monotonic`` gives seconds."""

    leases: Leases
    lease: Lease
    monotonic: Callable[[], float] = time.monotonic
    gives_up_at: float = field(init=False, default=0.0)

    def renew(self) -> None:
        """Renew now.

        Raises:
            LeaseLostError: the lease passed on, or a device was quarantined.
            InfrastructureError: the store cannot be used.
        """
        # Counted from before the call: what took long is not taken for longer than it was granted.
        began = self.monotonic()
        self.leases.renew(self.lease)
        self.gives_up_at = began + self.lease.ttl_s * _GIVE_UP

    def step(self) -> float:
        """Renew if the store can be used; return the seconds until the next step.

        Raises:
            LeaseLostError: the lease passed on, or a device was quarantined.
        """
        try:
            self.renew()
        except LeaseLostError:
            raise
        except ArenaError:
            return self.lease.ttl_s * _AGAIN
        return self.lease.ttl_s * _EVERY

    def left(self) -> float:
        """Seconds until it is time to give up."""
        return self.gives_up_at - self.monotonic()


class Renewer:
    """Renews a lease while the ``with`` block runs.

    ``lost`` ends the sandbox. It is called once, from another thread, when the lease cannot be kept, whatever the
    cause. Entering the block renews, and raises what ``Renewal.renew`` does.
    """

    def __init__(self, renewal: Renewal, lost: Callable[[], None]) -> None:
        self._renewal, self._lost = renewal, lost
        self._done = threading.Event()
        self._stopped = threading.Lock()
        self._threads = [
            threading.Thread(target=self._guarded, args=(work,), name=f"arena-lease-{work.__name__}", daemon=True)
            for work in (self._renew, self._watch)
        ]

    def __enter__(self) -> Self:
        self._renewal.renew()
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        for thread in self._threads:
            thread.join()

    def _guarded(self, work: Callable[[], None]) -> None:
        """Also where a thread dies of a fault of ours the sandbox must end: nobody would hold its lease any more."""
        try:
            with contextlib.suppress(LeaseLostError):
                work()
        finally:
            if not self._done.is_set() and self._stopped.acquire(blocking=False):
                self._lost()

    def _renew(self) -> None:
        pause = self._renewal.lease.ttl_s * _EVERY
        while not self._done.wait(pause):
            pause = self._renewal.step()

    def _watch(self) -> None:
        while not self._done.wait(max(0.0, self._renewal.left())):
            if self._renewal.left() <= 0:
                return
