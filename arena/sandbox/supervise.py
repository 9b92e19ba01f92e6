"""Watch one running sandbox from outside: read its log and report, hold it to its limits, say how it ended."""

import contextlib
import math
import os
import selectors
import signal
import subprocess
import time
from dataclasses import dataclass, field
from typing import Protocol

from arena.model.budget import Budget, Usage
from arena.sandbox import tree
from arena.sandbox.cgroup import Group
from arena.sandbox.frames import Report, ReportReader
from arena.sandbox.interface import Ending, Exited, Finished, Hold, Killed, KillReason, SandboxFailedError, Signalled
from arena.sandbox.log import HeadAndTail

_TICK_SECONDS = 0.05
_CHUNK = 1 << 16
# A job may print a lot in vain, but not for ever: past this many times what is kept, and at least 16 MiB, it is ended.
FLOOD_FACTOR = 64
FLOOD_MIN_BYTES = 16 * 1024**2
# How long a killed sandbox may take to disappear before that is a fault of ours.
_GRACE_SECONDS = 10.0
# How long a sandbox may take to be built. None of it is charged.
_BUILD_SECONDS = 60.0
# How long the process around a killed sandbox may take to see that.
_OUTER_SECONDS = 1.0


class Process(Protocol):
    """The process of a job whose end ends everything inside."""

    @property
    def pid(self) -> int:
        """Its number on this machine."""

    def end(self) -> None:
        """Kill it, if it is there still."""

    def reap(self, patience_s: float) -> float | None:
        """Wait for its end; return the CPU time of it and of everything that was reaped inside, in seconds.

        ``None`` where nobody can say any more.

        Raises:
            SandboxFailedError: it does not end.
        """


@dataclass(slots=True)
class OwnProcess:
    """A child of this process, whose own child is process 1 of the sandbox."""

    child: subprocess.Popen[bytes]
    _asked_at: float | None = None

    @property
    def pid(self) -> int:
        """See ``Process``."""
        return self.child.pid

    def end(self) -> None:
        """See ``Process``."""
        # Until `reap` nobody waits for it, so its pid cannot have passed to another one.
        if self.child.returncode is not None:
            return
        now = time.monotonic()
        if self._asked_at is None:
            self._asked_at = now
        # Process 1 first, which takes everything inside along: then the child reaps it and ends by itself, and no
        # zombie is left to the machine's own process 1.
        inside = tree.children(self.child.pid) if now < self._asked_at + _OUTER_SECONDS else []
        for pid in inside or [self.child.pid]:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    def reap(self, patience_s: float) -> float:
        """See ``Process``."""
        patience = time.monotonic() + patience_s
        while True:
            pid, status, usage = os.wait4(self.child.pid, os.WNOHANG)
            if pid:
                self.child.returncode = os.waitstatus_to_exitcode(status)
                return usage.ru_utime + usage.ru_stime
            now = time.monotonic()
            if now > patience:
                raise SandboxFailedError("sandbox.failed", detail="the launcher does not end")
            if self._asked_at is not None and now > self._asked_at + _OUTER_SECONDS:
                self.end()
            time.sleep(0.0005)


def pipe_from(theirs: contextlib.ExitStack, *, to: contextlib.ExitStack) -> tuple[int, int]:
    """A pipe (read, write) from a sandbox to us; each end is closed with its side."""
    read, write = os.pipe()
    to.callback(os.close, read)
    theirs.callback(os.close, write)
    return read, write


def pipe_to(theirs: contextlib.ExitStack, *, of: contextlib.ExitStack) -> tuple[int, int]:
    """A pipe (write, read) from us to a sandbox; each end is closed with its side."""
    read, write = os.pipe()
    of.callback(os.close, write)
    theirs.callback(os.close, read)
    return write, read


def tell(fd: int, data: bytes) -> None:
    """Write all of it into a pipe, at once: what a writer keeps back fails a second time where the pipe is closed.

    Raises:
        BrokenPipeError: nobody reads it any more.
    """
    view = memoryview(data)
    while view:
        view = view[os.write(fd, view) :]


def input_file(data: bytes, theirs: contextlib.ExitStack) -> int:
    """What a job reads from its standard input: a file without a name."""
    fd = os.memfd_create("stdin")
    theirs.callback(os.close, fd)
    with open(fd, "wb", closefd=False) as file:
        file.write(data)
    os.lseek(fd, 0, os.SEEK_SET)
    return fd


@dataclass(slots=True, kw_only=True)
class Watch:
    """One sandbox's life: it is built, gets its go by a byte on ``go_fd`` when its hold knows it, and comes to its end.

    ``preloaded_bytes`` is memory that the job shares with its server, where limits are polled: it is not charged.
    """

    process: Process
    log_fd: int
    report_fd: int
    budget: Budget
    reader: ReportReader
    hold: Hold
    go_fd: int
    group: Group | None = None
    preloaded_bytes: int = 0
    log: HeadAndTail = field(init=False)
    went_at: float | None = None
    killed: KillReason | None = None
    killed_at: float = math.inf
    cpu_s: float = 0.0
    peak_memory_bytes: int = 0

    def __post_init__(self) -> None:
        """Derive what the budget says."""
        self.log = HeadAndTail(self.budget.log_bytes)

    def to_the_end(self) -> Finished:
        """Block until the sandbox is gone.

        Raises:
            SandboxFailedError: it never started, gave no report though nobody killed it, or cannot be ended.
            InfrastructureError: its hold says that it must not go on.
        """
        try:
            self._pump()
            ended_at = time.monotonic()
            self.cpu_s = max(self.cpu_s, self.process.reap(_GRACE_SECONDS) or 0.0)
            if self.group is not None:
                # The kernel may have ended a process after the last look; its counter says so, an exit code would not.
                self._read_group(self.group)
        except BaseException:
            self.process.end()
            with contextlib.suppress(SandboxFailedError):
                self.process.reap(_GRACE_SECONDS)
            raise
        if self.went_at is None:
            raise SandboxFailedError("sandbox.failed", detail=self._last_words() or "it ended before it began")
        leased = self.hold.end()
        report = self.reader.finish()
        ending = self._ending(report)
        usage = Usage(
            # How long the kill took is not charged.
            charged=min(leased.seconds, self.killed_at - self.went_at, self._clock_limit()[1]),
            wall_s=ended_at - self.went_at,
            cpu_s=self.cpu_s,
            peak_memory_bytes=self.peak_memory_bytes,
            unit=leased.unit,
            device_class=leased.device_class,
            advisory=(leased.advisory,) if leased.advisory else (),
        )
        return Finished(
            ending=ending,
            outputs=report.outputs if report else {},
            faults=report.faults if report else {},
            log=self.log.value(),
            log_total_bytes=self.log.total,
            disk_full=report.disk_full if report else False,
            usage=usage,
        )

    def _clock_limit(self) -> tuple[KillReason, float]:
        """What the clock ends the job for, and after how many seconds: the leased device, or the clock by itself."""
        leased = self.budget.device_seconds
        if leased is not None and leased <= self.budget.wall_seconds:
            return KillReason.DEVICE, leased
        return KillReason.WALL, self.budget.wall_seconds

    def _pump(self) -> None:
        """Read both pipes until their other ends are closed, which they are only when every process inside is dead."""
        reason, seconds = self._clock_limit()
        now = next_tick = time.monotonic()
        build_until = now + _BUILD_SECONDS
        with selectors.DefaultSelector() as selector:
            selector.register(self.log_fd, selectors.EVENT_READ)
            selector.register(self.report_fd, selectors.EVENT_READ)
            while selector.get_map():
                now = time.monotonic()
                deadline = build_until if self.went_at is None else self.went_at + seconds
                if now >= deadline:
                    if self.went_at is None:
                        raise SandboxFailedError("sandbox.failed", detail="the sandbox is not built in time")
                    self._kill(reason)
                    if now >= deadline + _GRACE_SECONDS:
                        raise SandboxFailedError("sandbox.failed", detail="processes survived their end")
                if now >= next_tick:
                    self._measure()
                    next_tick = now + _TICK_SECONDS
                for key, _ in selector.select(max(0.0, min(next_tick, max(deadline, now + 0.01)) - now)):
                    self._read(selector, key.fd)
                if self.reader.started and self.went_at is None:
                    self._let_go()

    def _let_go(self) -> None:
        """The sandbox is built and nothing of the user's runs yet: who leases its devices learns what it is, first."""
        self.hold.attach(tree.descendants(self.process.pid), self.group.folders if self.group else (), self.process.end)
        self.hold.begin()
        self.went_at = time.monotonic()
        with contextlib.suppress(BrokenPipeError):  # Dead already: the report says how.
            os.write(self.go_fd, b"g")

    def _read(self, selector: selectors.BaseSelector, fd: int) -> None:
        chunk = os.read(fd, _CHUNK)
        if not chunk:
            selector.unregister(fd)
        elif fd == self.report_fd:
            self.reader.feed(chunk)
        else:
            self.log.add(chunk)
            if self.log.total > max(FLOOD_FACTOR * self.budget.log_bytes, FLOOD_MIN_BYTES):
                self._kill(KillReason.LOG)

    def _measure(self) -> None:
        if self.group is not None:
            self._read_group(self.group)
        else:
            self._poll_tree()
        if self.cpu_s > self.budget.cpu_seconds:
            self._kill(KillReason.CPU)
        if self.went_at is not None and (reason := self.hold.exceeded()) is not None:
            self._kill(reason)

    def _read_group(self, group: Group) -> None:
        self.cpu_s = max(self.cpu_s, group.cpu_seconds())
        self.peak_memory_bytes = max(self.peak_memory_bytes, group.memory_bytes())
        if group.oom_kills():
            if not group.is_full():
                # The kernel counts its own want of memory here, too, which is no fault of the submission's.
                raise SandboxFailedError("sandbox.failed", detail="the machine ran out of memory")
            self._kill(KillReason.MEMORY)

    def _poll_tree(self) -> None:
        pids = tree.descendants(self.process.pid)
        self.cpu_s = max(self.cpu_s, tree.cpu_seconds(pids))
        limit = self.budget.memory_bytes + self.preloaded_bytes
        used = tree.resident_bytes(pids)
        if used > limit:
            used = tree.proportional_bytes(pids)
        self.peak_memory_bytes = max(self.peak_memory_bytes, used - self.preloaded_bytes)
        if used > limit:
            self._kill(KillReason.MEMORY)

    def _kill(self, reason: KillReason) -> None:
        if self.killed is None:
            self.killed, self.killed_at = reason, time.monotonic()
        self.process.end()

    def _ending(self, report: Report | None) -> Ending:
        if self.killed is not None:
            return Killed(self.killed)
        if report is None:
            raise SandboxFailedError("sandbox.failed", detail=self._last_words() or "it ended without a report")
        if os.WIFSIGNALED(report.status):
            number = os.WTERMSIG(report.status)
            # The kernel's own limit may strike between two looks. A program can send itself these signals, too.
            by_limit = number in {signal.SIGXCPU, signal.SIGKILL} and self.cpu_s > self.budget.cpu_seconds
            return Killed(KillReason.CPU) if by_limit else Signalled(number)
        return Exited(os.waitstatus_to_exitcode(report.status))

    def _last_words(self) -> str:
        return self.log.value().decode("utf-8", "replace")[-400:]
