"""What every hostile program of the suite carries with it: its report, its knowledge of the host, system calls.

A program prints ``BREACH`` and what got through for each wall that is missing, and nothing else counts. ``host.json``
beside it says what an attacker may at best know of the host; secrets stand there as hashes only, so that a secret that
is found was not brought along.
"""

import contextlib
import ctypes
import hashlib
import json
import mmap
import os
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

HOST: dict[str, Any] = json.loads(Path(__file__).with_name("host.json").read_text(encoding="utf-8"))
MARK: str = HOST["mark"]
LIBC = ctypes.CDLL(None, use_errno=True)
PR_SET_NAME = 15
PAGE = 4096
MIB = 1 << 20

# Children inherit the name: whatever is left of this program can be found by it from outside.
LIBC.prctl(PR_SET_NAME, MARK.encode(), 0, 0, 0)


def breach(what: str) -> None:
    """Report a wall that is missing."""
    os.write(1, f"BREACH {what[:300]!r}\n".encode())


def must(name: str, *, hold: object) -> None:
    """Report a breach unless this is so."""
    if not hold:
        breach(name)


def refused(name: str, action: Callable[..., object], *arguments: object) -> None:
    """The wall holds if the action fails as system calls fail."""
    try:
        result = action(*arguments)
    except OSError:
        return
    breach(f"{name}: {result!r}")


def call(name: str, *arguments: object) -> int:
    """A function of the C library, failing as Python's own do."""
    result: int = getattr(LIBC, name)(*arguments)
    if result == -1:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return result


def system(name: str, *arguments: object) -> int:
    """A system call by name; one that this architecture lacks fails as on any machine without it."""
    number = HOST["numbers"].get(name)
    if number is None:
        raise OSError(f"{name} is not of this architecture")
    wide = [ctypes.c_long(each) if isinstance(each, int) else each for each in arguments]
    return call("syscall", ctypes.c_long(number), *wide)


def room(size: int = 4096) -> Any:
    """Zeroed memory for what the kernel reads or writes."""
    return ctypes.create_string_buffer(size)


def opened(path: str, flags: int = os.O_RDONLY) -> str:
    """Open and close again: nothing is written."""
    os.close(os.open(path, flags))
    return path


def text(path: str) -> str:
    """A small file, whatever it holds."""
    with open(path, "rb") as file:
        return file.read(1 << 20).decode("latin-1")


def planted(path: str, content: str = "raise SystemExit('planted')\n") -> str:
    """Create or replace a file; if that works it is taken back at once, so that nothing of the host stays changed."""
    new = not os.path.lexists(path)
    fd = os.open(path, os.O_WRONLY | os.O_CREAT)
    try:
        if new:
            os.write(fd, content.encode())
    finally:
        os.close(fd)
        if new:
            os.unlink(path)
    return path


def leaks(data: bytes) -> set[str]:
    """The names of the secrets that ``data`` holds."""
    found = set()
    for head, (length, hashes) in HOST["secrets"].items():
        start = head.encode()
        at = data.find(start)
        while at >= 0:
            digest = hashlib.sha256(data[at : at + length]).hexdigest()
            if digest in hashes:
                found.add(hashes[digest])
            at = data.find(start, at + 1)
    return found


def report_leaks(place: str, data: bytes) -> None:
    """Report every secret that ``data`` holds."""
    for name in sorted(leaks(data)):
        breach(f"{name} in {place}")


def regions(pid: str = "self") -> Iterator[tuple[str, bytes]]:
    """Every readable piece of a process's memory, with the line that describes it."""
    with open(f"/proc/{pid}/mem", "rb", buffering=0) as memory:
        for line in text(f"/proc/{pid}/maps").splitlines():
            span, flags = line.split()[:2]
            first, last = (int(end, 16) for end in span.split("-"))
            if not flags.startswith("r") or last > 1 << 47:
                continue
            with contextlib.suppress(OSError, OverflowError):
                memory.seek(first)
                yield line, memory.read(min(last - first, 256 * MIB))


def files_below(folders: Iterable[str]) -> Iterator[str]:
    """Every regular file."""
    for folder in folders:
        for place, _, names in os.walk(folder):
            for name in names:
                path = f"{place}/{name}"
                if os.path.isfile(path) and not os.path.islink(path):
                    yield path


def children(count: int, action: Callable[[], object]) -> list[int]:
    """Fork; each child does it and leaves. How many there are is what the limits allow."""
    made = []
    for _ in range(count):
        try:
            pid = os.fork()
        except OSError:
            break
        if pid == 0:
            with contextlib.suppress(BaseException):
                action()
            os._exit(0)
        made.append(pid)
    return made


def fill(area: Any, size: int) -> None:
    """Touch every page."""
    for at in range(0, size, PAGE):
        area[at] = 1


def held(size: int) -> mmap.mmap:
    """Private memory whose every page is touched."""
    area = mmap.mmap(-1, size, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    fill(area, size)
    return area


def hold(seconds: float = 3) -> None:
    """Keep what was taken for a while."""
    time.sleep(seconds)


def hand_in(content: str | None = None) -> None:
    """Leave the honest table: the outcome then says that the program came to its end."""
    with open("/kaggle/working/submission.csv", "w", encoding="utf-8") as file:
        file.write(HOST["table"] if content is None else content)
