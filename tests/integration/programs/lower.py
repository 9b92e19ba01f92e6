"""Become an unprivileged account that can reach the given paths, then run a command.

Its one argument is JSON: ``{uid, paths, argv, environment, cwd}``. Paths below folders that only root may enter are
bound to their own place in a mount namespace of this process's own; nothing shows on the host.
"""

import ctypes
import json
import os
import sys
from pathlib import Path

CLONE_NEWNS = 0x00020000
MS_BIND, MS_REC, MS_PRIVATE = 4096, 16384, 1 << 18
LIBC = ctypes.CDLL(None, use_errno=True)


def call(name: str, *arguments: object) -> None:
    """A function of the C library, failing as Python's own do."""
    if getattr(LIBC, name)(*arguments) != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{name}: {os.strerror(number)}")


def closed(path: Path) -> Path | None:
    """The first folder above ``path`` that not everyone may enter."""
    return next((folder for folder in reversed(path.parents) if not folder.stat().st_mode & 0o001), None)


def main() -> None:
    """Open the ways, give up root, run the command."""
    asked = json.loads(sys.argv[1])
    paths = [Path(text) for text in asked["paths"]]
    call("unshare", CLONE_NEWNS)
    call("mount", b"none", b"/", None, ctypes.c_ulong(MS_REC | MS_PRIVATE), None)
    hidden = [(path, folder, os.open(path, os.O_PATH)) for path in paths if (folder := closed(path))]
    for folder in dict.fromkeys(folder for _, folder, _ in hidden):
        call("mount", b"tmpfs", str(folder).encode(), b"tmpfs", ctypes.c_ulong(0), b"mode=0755")
    for path, _, fd in hidden:
        path.mkdir(parents=True, exist_ok=True)
        call("mount", f"/proc/self/fd/{fd}".encode(), str(path).encode(), None, ctypes.c_ulong(MS_BIND | MS_REC), None)
    os.setgroups([])
    os.setresgid(asked["uid"], asked["uid"], asked["uid"])
    os.setresuid(asked["uid"], asked["uid"], asked["uid"])
    os.chdir(asked["cwd"])
    os.execve(asked["argv"][0], asked["argv"], asked["environment"])  # noqa: S606 - its purpose


main()
