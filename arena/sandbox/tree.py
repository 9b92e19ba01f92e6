"""What a process and all its descendants use, read from ``/proc``."""

import functools
import os
from collections.abc import Iterator
from pathlib import Path

_PROC = Path("/proc")


@functools.cache
def _constant(name: str) -> int:
    """A number of this machine's. Asked for on use: where there is no Linux this module is imported, too."""
    return os.sysconf(name)


def children(pid: int) -> list[int]:
    """The processes that ``pid`` started and has not waited for."""
    return list(_children(pid))


def _children(pid: int) -> Iterator[int]:
    try:
        for thread in os.listdir(f"/proc/{pid}/task"):
            with open(f"/proc/{pid}/task/{thread}/children", "rb") as file:
                yield from map(int, file.read().split())
    except (FileNotFoundError, ProcessLookupError):
        return


def descendants(pid: int) -> list[int]:
    """``pid`` and everything below it. A process that ends meanwhile is simply not there."""
    found, waiting = [], [pid]
    while waiting:
        current = waiting.pop()
        found.append(current)
        waiting.extend(_children(current))
    return found


def _fields(pid: int) -> list[bytes]:
    try:
        data = (_PROC / str(pid) / "stat").read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        return []
    # The command's name stands in parentheses and may hold anything, closing ones included.
    return data[data.rindex(b")") + 2 :].split()


def cpu_seconds(pids: list[int]) -> float:
    """User and system time of the processes and of the children that they reaped."""
    ticks = 0
    for pid in pids:
        if fields := _fields(pid):
            ticks += sum(map(int, fields[11:15]))
    return ticks / _constant("SC_CLK_TCK")


def resident_bytes(pids: list[int]) -> int:
    """Sum of resident sets: an upper bound, as shared pages count once for each process."""
    total = 0
    for pid in pids:
        if fields := _fields(pid):
            total += int(fields[21]) * _constant("SC_PAGE_SIZE")
    return total


def proportional_bytes(pids: list[int]) -> int:
    """Sum of proportional sets: exact, but slow; where it may not be read the resident set stands in."""
    total = 0
    for pid in pids:
        try:
            lines = (_PROC / str(pid) / "smaps_rollup").read_bytes().splitlines()
        except OSError:
            total += resident_bytes([pid])
            continue
        total += sum(int(line.split()[1]) * 1024 for line in lines if line.startswith(b"Pss:"))
    return total
