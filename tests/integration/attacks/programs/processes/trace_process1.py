"""Attaches to process 1 and to its parent as a debugger; it must be refused."""

import os

from kit import call, hand_in, refused

ATTACH, SEIZE, DETACH = 16, 0x4206, 17


def attached(request: int, pid: int) -> str:
    """Trace a process; let it go at once if that works."""
    call("ptrace", request, pid, None, None)
    call("ptrace", DETACH, pid, None, None)
    return f"traced {pid}"


for pid in {1, os.getppid()}:
    refused("attach", attached, ATTACH, pid)
    refused("seize", attached, SEIZE, pid)
hand_in()
