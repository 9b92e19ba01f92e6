"""Run ``arena grade`` on disks that are too small, in a mount namespace of its own; tell how each run ended.

Its one argument is JSON: ``{root, disks}``; each disk is a folder of the workspace and the options of the tmpfs that is
mounted over it, empty. After the first run the disk grows and the command is run again. Nothing shows on the host.
"""

# ruff: noqa: T201

import ctypes
import json
import os
import shutil
import sys
import traceback
from pathlib import Path
from typing import Any

CLONE_NEWNS, CLONE_NEWUSER = 0x00020000, 0x10000000
MS_REMOUNT, MS_REC, MS_PRIVATE = 32, 16384, 1 << 18
LIBC = ctypes.CDLL(None, use_errno=True)


def call(name: str, *arguments: object) -> None:
    """A function of the C library, failing as Python's own do."""
    if getattr(LIBC, name)(*arguments) != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{name}: {os.strerror(number)}")


def separate() -> None:
    """Mounts from here on are this process's alone. Who is not root becomes root in a namespace of users."""
    uid, gid = os.getuid(), os.getgid()
    call("unshare", CLONE_NEWNS if uid == 0 else CLONE_NEWNS | CLONE_NEWUSER)
    if uid != 0:
        Path("/proc/self/setgroups").write_text("deny", encoding="ascii")
        Path("/proc/self/uid_map").write_text(f"0 {uid} 1", encoding="ascii")
        Path("/proc/self/gid_map").write_text(f"0 {gid} 1", encoding="ascii")
    call("mount", b"none", b"/", None, ctypes.c_ulong(MS_REC | MS_PRIVATE), None)


def mount(folder: str, options: str, flags: int = 0) -> None:
    """Mount a tmpfs, or change its options."""
    call("mount", b"tmpfs", folder.encode(), b"tmpfs", ctypes.c_ulong(flags), options.encode())


def run(root: str, logs: Path) -> dict[str, Any]:
    """Run the command in a child, which starts with everything imported."""
    child = os.fork()
    if child == 0:
        code = 99
        try:
            for name, number in (("out", 1), ("err", 2)):
                os.dup2(os.open(logs / name, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), number)
            os.chdir(root)
            from arena.cli.main import main

            main(["grade", "--json"])
        except SystemExit as leaving:
            code = leaving.code if isinstance(leaving.code, int) else 98
        except BaseException:  # noqa: BLE001 - told as the interpreter would tell it
            traceback.print_exc()
            code = 1
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(code)
    _, status = os.waitpid(child, 0)
    return {
        "code": os.waitstatus_to_exitcode(status),
        "out": (logs / "out").read_text(encoding="utf-8"),
        "err": (logs / "err").read_text(encoding="utf-8"),
    }


def files(root: str) -> dict[str, str]:
    """What is published."""
    folder = Path(root, "leaderboard")
    return {
        str(path.relative_to(folder)): path.read_text(encoding="utf-8") for path in folder.rglob("*") if path.is_file()
    }


def main() -> None:
    """Try each disk."""
    asked = json.loads(sys.argv[1])
    root = asked["root"]
    separate()
    import sklearn.metrics  # noqa: F401 - what takes long is imported once

    import arena.cli.grading  # noqa: F401

    logs = Path(root).parent / "logs"
    logs.mkdir(exist_ok=True)
    told = []
    for name, disk in asked["disks"]:
        folder = f"{root}/{name}"
        for other in ("leaderboard", ".arena"):
            shutil.rmtree(Path(root, other), ignore_errors=True)
        Path(folder).mkdir(parents=True, exist_ok=True)
        mount(folder, disk)
        small = run(root, logs)
        between = files(root)
        mount(folder, "size=64m,nr_inodes=10000", MS_REMOUNT)
        large = run(root, logs)
        told.append({"disk": [name, disk], "small": small, "between": between, "large": large, "after": files(root)})
        call("umount2", folder.encode(), 0)
    print(json.dumps(told))


main()
