"""Process 1 of a sandbox: starts the user's process, reaps orphans, takes the named files out when all is dead.

Of a fresh sandbox it is run by path with ``-I -S``; its one argument is JSON: ``{result_fd, go_fd, command,
environment, cwd, limits, outputs, max_bytes}``. Of a warm one it is a fork of the server, which calls ``keep``. On
``result_fd`` it writes the line ``{"started": true}`` and waits for a byte on ``go_fd``: until then nothing of the
user's has run. After the end it writes one JSON line and the outputs' bytes in its order. The user's process has the
same uid, so this one is not dumpable: it cannot be traced, nor its descriptors opened.
"""

import contextlib
import ctypes
import json
import os
import resource
import signal
import stat
import sys
from collections.abc import Callable
from typing import Any, NoReturn

_PR_SET_DUMPABLE = 4
# What Python itself ignores from its start.
_IGNORED_BY_PYTHON = {signal.SIGPIPE, signal.SIGXFSZ}
_CHUNK = 1 << 20
_NO_EXEC = 126
# The grader is gone, or does not want it any more.
_NO_GO = 124


def _become_unreadable() -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl")


def confine(config: dict[str, Any]) -> None:
    """In the child: give up every descriptor but the first three, and go under the limits."""
    os.closerange(3, 1 << 16)
    for name, value in config["limits"].items():
        resource.setrlimit(getattr(resource, name), (value, value))
    os.chdir(config["cwd"])


def _execute(config: dict[str, Any]) -> NoReturn:
    """In the child: become the user's program."""
    try:
        confine(config)
        os.execve(config["command"][0], config["command"], config["environment"])  # noqa: S606 - its purpose
    except OSError as error:
        os.write(2, f"the sandbox could not start the program: {error}\n".encode())
    os._exit(_NO_EXEC)


def _heed_signals() -> None:
    """Ignore none: a grader that was started in the background, or to outlive its terminal, ignores some itself."""
    for number in signal.valid_signals() - _IGNORED_BY_PYTHON:
        if signal.getsignal(number) == signal.SIG_IGN:
            signal.signal(number, signal.SIG_DFL)


def _wait_for(child: int) -> int:
    """Reap whatever ends; return the child's wait status."""
    while True:
        pid, status = os.wait()
        if pid == child:
            return status


def _end_all() -> None:
    """Kill and reap every other process of this namespace, however often it forks meanwhile."""
    while True:
        with contextlib.suppress(ProcessLookupError):
            os.kill(-1, signal.SIGKILL)
        try:
            os.wait()
        except ChildProcessError:
            return


def _is_full(folder: str) -> bool:
    info = os.statvfs(folder)
    # A file system in memory without a limit of files counts none.
    return info.f_bavail * info.f_frsize < 64 * 1024 or (info.f_files > 0 and info.f_ffree == 0)


def _open_output(folder: int, name: str, max_bytes: int) -> tuple[int, int] | str:
    """Return (descriptor, size) of a plain file, or the word for what it is instead."""
    try:
        fd = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY, dir_fd=folder)
    except FileNotFoundError:
        return "missing"
    except OSError:
        return "link" if _is_link(folder, name) else "not_a_file"
    info = os.fstat(fd)
    fault = None
    if not stat.S_ISREG(info.st_mode):
        fault = "not_a_file"
    elif info.st_nlink != 1:
        fault = "hard_link"
    elif info.st_size > max_bytes:
        fault = "too_large"
    if fault:
        os.close(fd)
        return fault
    return fd, info.st_size


def _is_link(folder: int, name: str) -> bool:
    try:
        return stat.S_ISLNK(os.stat(name, dir_fd=folder, follow_symlinks=False).st_mode)
    except OSError:
        return False


def _write(fd: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(fd, view) :]


def _walk_to(folder: int, name: str) -> tuple[int, str] | str:
    """Open the folders of ``public/train.csv`` one by one, never through a link."""
    *parts, last = name.split("/")
    current = os.dup(folder)
    for part in parts:
        try:
            following = os.open(part, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=current)
        except OSError:
            return "missing"
        finally:
            os.close(current)
        current = following
    return current, last


def _export(folder: int, config: dict[str, Any], status: int, *, disk_full: bool) -> None:
    # A program may have locked its own folder, which is its fault, but no reason to leave it without a verdict.
    os.fchmod(folder, 0o700)
    found: list[dict[str, Any]] = []
    opened: list[tuple[int, int]] = []
    left = config["max_bytes"]
    for name in config["outputs"]:
        place = _walk_to(folder, name)
        result = place if isinstance(place, str) else _open_output(place[0], place[1], left)
        if isinstance(result, str):
            found.append({"name": name, "fault": result})
        else:
            opened.append(result)
            left -= result[1]
            found.append({"name": name, "size": result[1]})
    header = {"status": status, "disk_full": disk_full, "outputs": found}
    _write(config["result_fd"], json.dumps(header).encode() + b"\n")
    for fd, size in opened:
        remaining = size
        while remaining:
            # A file cannot shrink any more: every other process is dead. Padding keeps the frame whole all the same.
            chunk = os.read(fd, min(_CHUNK, remaining)) or bytes(min(_CHUNK, remaining))
            _write(config["result_fd"], chunk)
            remaining -= len(chunk)


def keep(config: dict[str, Any], start: Callable[[dict[str, Any]], NoReturn]) -> None:
    """Run one job to its end: ``start`` is called in the user's process."""
    # The kernel keeps from process 1 every signal of its namespace that it does not handle. Python handles this one.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    folder = os.open(config["cwd"], os.O_RDONLY | os.O_DIRECTORY)
    _write(config["result_fd"], b'{"started": true}\n')
    if not os.read(config["go_fd"], 1):
        os._exit(_NO_GO)
    os.close(config["go_fd"])
    child = os.fork()
    if child == 0:
        _heed_signals()
        start(config)
    status = _wait_for(child)
    disk_full = _is_full(config["cwd"]) or _is_full("/tmp")  # noqa: S108 - the sandbox's own
    _end_all()
    _export(folder, config, status, disk_full=disk_full)


if __name__ == "__main__":
    _become_unreadable()
    keep(json.loads(sys.argv[1]), _execute)
