"""Run cases one after the other, each in a fork of this process, and tell how each ended.

Theory of operation. This process runs nothing of a submission. It forks for each case, when everything of the case
before is dead and the writable folders are empty again. It is not dumpable, so that a case can look neither into its
memory nor into its descriptors; what a case reports goes at once into a file without a name, so that no later fork
inherits it. A case's process writes its report into a pipe of its own and ends; until then its time runs. What it
started and left running is killed.

``results`` is a line of JSON, ``{"failed": text or null}``, then for each case a line ``{ended, how, report, printed}``
and as many bytes of its report and of what it printed. ``ended`` is one of

    reported         the report tells the rest
    died             ``how`` is a signal or an exit code
    too_slow         it took longer than it may
    no_time          the time of all cases together was used up
    too_large        all reports together were
"""

import contextlib
import gc
import importlib
import itertools
import json
import os
import resource
import select
import signal
import stat
import sys
import time
from typing import Any, NoReturn, Protocol

from . import kernel, values

# The writable folders of a sandbox, the current one first.
_ROOMS = (".", "/tmp", "/dev/shm")  # noqa: S108 - the sandbox's own
# Of what a case prints.
_PRINTED_BYTES = 4096
_CHUNK = 1 << 16
# What is left to this process of the memory that a case could take, and the least that a case gets.
_OWN_BYTES = 64 * 1024**2
_REPORT_FD = 3
_NUMBERS = itertools.count()


class Case(Protocol):
    """What is done in a process of its own, in ``seconds`` at most."""

    seconds: float

    def prepare(self) -> None:
        """Take what standard input holds for it: afterwards it is closed."""

    def __call__(self) -> bytes:
        """Do it; return the report."""


def run(cases: list[Any], *, preload: list[str], seconds: float, memory: int, quiet: bool) -> None:
    """Import ``preload``, then run the cases, all of them in ``seconds`` at most, each in about ``memory`` bytes.

    ``quiet``: what they print is dropped.
    """
    before = _memory()["resident"]
    if reason := _import(preload) or _unfit():
        _leave(json.dumps({"failed": reason[:2000]}), None)
        return
    memory -= max(_memory()["resident"] - before, 0) + _OWN_BYTES
    kernel.set_dumpable(dumpable=False)
    # What is here stays here: no collection of a case's looks at it, or copies it by looking.
    gc.collect()
    gc.freeze()
    # What is held back here would be printed by each fork.
    sys.stdout.flush()
    until = time.monotonic() + seconds
    # It is written twice: as it comes, and at the end.
    room = _free_bytes() // 3
    rooms = [_Room(os.path.abspath(path)) for path in _ROOMS]
    kept = os.open(".", os.O_TMPFILE | os.O_RDWR, 0o600)
    for case in cases:
        left = until - time.monotonic()
        ended = _Ended() if left <= 0 else _run_one(case, min(case.seconds, left), memory, rooms, quiet=quiet)
        if ended.word == "too_slow" and left < case.seconds:
            ended.word = "no_time"
        room -= len(ended.report)
        _keep(kept, ended if room > 0 else _Ended("too_large"))
    _leave(json.dumps({"failed": None}), kept)


class _Ended:
    """How a case ended."""

    def __init__(self, word: str = "no_time") -> None:
        self.word, self.how = word, ""
        self.report, self.printed = bytearray(), _HeadAndTail(_PRINTED_BYTES)


def _import(names: list[str]) -> str | None:
    try:
        for name in names:
            importlib.import_module(name)
    except ImportError as error:
        return f"{type(error).__name__}: {error}"
    return None


def _unfit() -> str | None:
    """Why this process must not fork, or must not kill whatever else runs here."""
    if others := _others():
        return f"other processes run here: {sorted(others)}"
    threads = len(os.listdir("/proc/self/task"))
    return f"{threads} threads run after the imports; one is needed to fork from" if threads != 1 else None


def _memory() -> dict[str, int]:
    """This process's memory in bytes: ``resident``, and ``data`` as ``RLIMIT_DATA`` counts it, its stack too."""
    with open("/proc/self/statm", "rb") as file:
        fields = [int(field) * os.sysconf("SC_PAGE_SIZE") for field in file.read().split()]
    return {"resident": fields[1], "data": fields[5]}


def _free_bytes() -> int:
    info = os.statvfs(".")
    return info.f_bavail * info.f_frsize


def _run_one(case: Case, seconds: float, memory: int, rooms: "list[_Room]", *, quiet: bool) -> _Ended:
    ended = _Ended()
    report_read, report_write = os.pipe()
    output_read, output_write = os.pipe()
    child = os.fork()
    if child == 0:
        _become(case, report_write, None if quiet else output_write, memory)
    os.close(report_write)
    os.close(output_write)
    pidfd = os.pidfd_open(child)
    try:
        in_time = _watch(pidfd, report_read, output_read, ended, seconds)
        status = _end_all(child)
        # Nobody writes any more.
        while _read(report_read, ended.report) or ended.printed.read(output_read):
            pass
    finally:
        for fd in (pidfd, report_read, output_read):
            os.close(fd)
    for room in rooms:
        room.empty()
    code = os.waitstatus_to_exitcode(status)
    if not in_time:
        ended.word = "too_slow"
    elif code == 0 and ended.report:
        ended.word = "reported"
    else:
        ended.word, ended.how = "died", _signal(-code) if code < 0 else f"exit code {code}"
    if ended.word != "reported":
        # Nobody reads it, and the other cases need the room.
        ended.report.clear()
    return ended


def _watch(pidfd: int, report: int, output: int, ended: _Ended, seconds: float) -> bool:
    """Read both pipes until the process ends; return whether it did in time."""
    until = time.monotonic() + seconds
    poll = select.poll()
    for fd in (pidfd, report, output):
        poll.register(fd, select.POLLIN)
    while (left := until - time.monotonic()) > 0:
        ready = {fd for fd, _ in poll.poll(left * 1000 + 1)}
        if pidfd in ready:
            return True
        if report in ready and not _read(report, ended.report):
            poll.unregister(report)
        if output in ready and not ended.printed.read(output):
            poll.unregister(output)
    return False


def _read(fd: int, into: bytearray) -> bool:
    """Take what is there, up to the longest that a report may be."""
    chunk = os.read(fd, _CHUNK) if len(into) <= values.MAX_JSON_BYTES else b""
    into += chunk
    return bool(chunk)


def _signal(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"


def _become(case: Case, report: int, output: int | None, memory: int) -> NoReturn:
    """In the case's process: keep only what it may have, do it, report and end without a trace."""
    code = 1
    try:
        case.prepare()
        os.setsid()
        null = os.open(os.devnull, os.O_RDWR)
        for target, source in ((0, null), (1, output), (2, output), (_REPORT_FD, report)):
            os.dup2(null if source is None else source, target)
        os.closerange(_REPORT_FD + 1, 1 << 16)
        _limit_memory(memory)
        kernel.set_dumpable(dumpable=True)
        data = memoryview(case())
        for stream in (sys.stdout, sys.stderr):
            with contextlib.suppress(BaseException):
                stream.flush()
        while data:
            data = data[os.write(_REPORT_FD, data) :]
        code = 0
    finally:
        os._exit(code)


def _limit_memory(memory: int) -> None:
    """Let one process that takes too much get a ``MemoryError``, before the sandbox ends them all."""
    wanted = _memory()["data"] + max(memory, _OWN_BYTES)
    limit, hard = resource.getrlimit(resource.RLIMIT_DATA)
    if limit == resource.RLIM_INFINITY or wanted < limit:
        resource.setrlimit(resource.RLIMIT_DATA, (wanted, hard))


def _end_all(child: int) -> int:
    """Kill every process but this one and process 1, and wait until nothing of them is left; return the child's status.

    Whatever lost its parent is process 1's to reap.
    """
    with contextlib.suppress(ProcessLookupError):
        os.kill(-1, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    while _others():
        time.sleep(0.0005)
    return status


def _others() -> set[int]:
    """The processes that run here besides this one and process 1."""
    return {int(name) for name in os.listdir("/proc") if name.isdigit()} - {1, os.getpid()}


class _Room:
    """A writable folder, which is emptied down to what was in it at first: a runtime below ``/tmp``, say."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.device = os.stat(path).st_dev
        self.kept = self._stock(path)

    def _stock(self, path: str) -> dict[str, Any] | None:
        """By name what a folder holds; ``None`` for what is no folder, or is mounted there."""
        info = os.stat(path, follow_symlinks=False)
        if not stat.S_ISDIR(info.st_mode) or info.st_dev != self.device:
            return None
        return {name: self._stock(f"{path}/{name}") for name in os.listdir(path)}

    def empty(self) -> None:
        """Remove what has come in since."""
        os.chmod(self.path, 0o700)
        self._empty(self.path, self.kept or {})

    def _empty(self, path: str, kept: dict[str, Any]) -> None:
        root = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
        try:
            while names := [name for name in os.listdir(root) if name not in kept]:
                for name in names:
                    _remove(root, name)
        finally:
            os.close(root)
        for name, inner in kept.items():
            if inner is not None:
                self._empty(f"{path}/{name}", inner)


def _remove(root: int, name: str) -> None:
    """Remove an entry of the folder ``root``; of a folder, lift what it holds, so that none is ever too deep."""
    if not _unlocked(root, name):
        os.unlink(name, dir_fd=root)
        return
    folder = os.open(name, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=root)
    # A name that is taken, and a folder that is not empty yet, are for the next time round.
    for child in os.listdir(folder):
        # A folder that may not be written to cannot be moved either.
        _unlocked(folder, child)
        with contextlib.suppress(OSError):
            os.rename(child, f".lifted-{next(_NUMBERS)}", src_dir_fd=folder, dst_dir_fd=root)
    os.close(folder)
    with contextlib.suppress(OSError):
        os.rmdir(name, dir_fd=root)


def _unlocked(root: int, name: str) -> bool:
    """Whether it is a folder, which then may be changed."""
    if not stat.S_ISDIR(os.stat(name, dir_fd=root, follow_symlinks=False).st_mode):
        return False
    os.chmod(name, 0o700, dir_fd=root)
    return True


def _keep(kept: int, ended: _Ended) -> None:
    printed = ended.printed.value()
    head = {"ended": ended.word, "how": ended.how, "report": len(ended.report), "printed": len(printed)}
    for part in (json.dumps(head).encode() + b"\n", ended.report, printed):
        view = memoryview(part)
        while view:
            view = view[os.write(kept, view) :]


def _leave(first: str, kept: int | None) -> None:
    """Write the results, now that nobody else is there."""
    with open("results", "wb") as file:
        file.write(first.encode() + b"\n")
        if kept is not None:
            os.lseek(kept, 0, os.SEEK_SET)
            while chunk := os.read(kept, _CHUNK):
                file.write(chunk)


class _HeadAndTail:
    """Of a stream of any length its beginning and its end, half of ``limit`` each."""

    def __init__(self, limit: int) -> None:
        self.half = limit // 2
        self.head, self.tail, self.total = b"", b"", 0

    def read(self, fd: int) -> bool:
        """Take what is there; whether that was anything."""
        chunk = os.read(fd, _CHUNK)
        self.total += len(chunk)
        room = self.half - len(self.head)
        self.head += chunk[:room]
        self.tail = (self.tail + chunk[room:])[-self.half :]
        return bool(chunk)

    def value(self) -> bytes:
        """Both, and between them how much is left out."""
        left_out = self.total - len(self.head) - len(self.tail)
        return self.head + (f"\n… {left_out} bytes left out …\n".encode() if left_out else b"") + self.tail
