"""``python -m arena_guest.probe PATH``: try the walls from inside; print ``name held|open`` for each.

Exit code 1 if one is open. ``PATH`` is a file of the host that must not be there.
"""

import os
import socket
import sys
from collections.abc import Callable


def _held(action: Callable[[], object]) -> bool:
    try:
        action()
    except OSError:
        return True
    return False


def _connect() -> None:
    with socket.socket() as plug:
        plug.settimeout(1)
        plug.connect(("192.0.2.1", 80))


def _write(path: str) -> Callable[[], object]:
    return lambda: os.close(os.open(path, os.O_WRONLY | os.O_CREAT))


def _privilege() -> bool:
    with open("/proc/self/status", encoding="ascii") as file:
        status = dict(line.rstrip("\n").split(":\t", 1) for line in file if ":\t" in line)
    return os.getuid() != 0 and int(status["CapPrm"], 16) == 0 and status["NoNewPrivs"] == "1"


def main() -> None:
    """Try each wall."""
    walls = {
        "network": _held(_connect),
        "read-only-root": _held(_write("/written")) and _held(_write(f"{sys.prefix}/written")),
        "kernel-settings": _held(_write("/proc/sys/kernel/core_pattern")),
        "process-1": _held(lambda: os.listdir("/proc/1/fd")),
        "host-files": _held(lambda: os.stat(sys.argv[1])),
        "processes": sum(name.isdigit() for name in os.listdir("/proc")) < 5,
        "privilege": _privilege(),
        "system-calls": _held(lambda: os.setpriority(os.PRIO_PROCESS, 0, -5)) and _held(lambda: os.chroot("/tmp")),  # noqa: S108
    }
    for name, held in walls.items():
        print(name, "held" if held else "open")
    raise SystemExit(0 if all(walls.values()) else 1)


if __name__ == "__main__":
    main()
