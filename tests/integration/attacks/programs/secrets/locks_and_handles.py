"""Looks through the kernel's lists of locks, keys, timers and sockets for what belongs to the host."""

import contextlib
import os

from kit import hand_in, must, report_leaks, text

for name in ("locks", "keys", "key-users", "timer_list", "sched_debug", "net/unix", "net/tcp", "sysvipc/shm"):
    with contextlib.suppress(OSError):
        content = text(f"/proc/{name}")
        report_leaks(name, content.encode())
        if name == "net/unix":
            must("the host's sockets are listed", hold="-door" not in content)
        if name == "net/tcp":
            must("the host's connections are listed", hold=len(content.splitlines()) <= 1)
        if name == "sysvipc/shm":
            must("the host's shared memory is listed", hold=len(content.splitlines()) <= 1)
must("few processes", hold=len([each for each in os.listdir("/proc") if each.isdigit()]) <= 3)
hand_in()
