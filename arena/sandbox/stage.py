"""What happens before bubblewrap: ``python -I -S stage.py JSON``, run by path in a process of its own.

It enters the job's control group, so that all that it starts is in it. Where the grader is root, it gives root up:
bubblewrap started by uid 0 is no wall, so the uid is dropped before it is executed. An unprivileged uid may be unable
to reach what has to be mounted (an interpreter below ``/root``, a workspace below a 0700 folder). Therefore, in a
private mount namespace, everything is first bound to a neutral place that every uid can reach; nothing of this shows
on the host.

JSON: ``{join: [file, …], become: {uid, binds: [[source, staged], …]} | null, argv}``. ``join`` are the files of control
groups that this process enters; every ``staged`` lies below ``/tmp``.
"""

import ctypes
import json
import os
import stat
import sys

_CLONE_NEWNS = 0x00020000
_MS_BIND, _MS_REC, _MS_PRIVATE, _MS_NOSUID, _MS_NODEV = 4096, 16384, 1 << 18, 2, 4
_NEUTRAL = b"/tmp"
_OWN_GROUPS = "/proc/self/cgroup"

_libc = ctypes.CDLL(None, use_errno=True)


def _check(result: int, what: str) -> None:
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")


def _mount(source: bytes, target: bytes, kind: bytes | None, flags: int, data: bytes | None = None) -> None:
    _check(_libc.mount(source, target, kind, ctypes.c_ulong(flags), data), f"mount {os.fsdecode(target)}")


def _bind_all(binds: list[list[str]]) -> None:
    # Opened before the neutral place is covered: a source may lie below it.
    opened = [(os.open(source, os.O_PATH | os.O_CLOEXEC), staged) for source, staged in binds]
    _mount(b"tmpfs", _NEUTRAL, b"tmpfs", _MS_NOSUID | _MS_NODEV, b"mode=0755,size=4m")
    for fd, staged in opened:
        os.makedirs(os.path.dirname(staged), mode=0o755, exist_ok=True)
        if stat.S_ISDIR(os.fstat(fd).st_mode):
            os.makedirs(staged, mode=0o755, exist_ok=True)
        else:
            os.close(os.open(staged, os.O_CREAT | os.O_WRONLY, 0o644))
        _mount(f"/proc/self/fd/{fd}".encode(), staged.encode(), None, _MS_BIND | _MS_REC)
        os.close(fd)


def _join(files: list[str]) -> None:
    for path in files:
        with open(path, "w", encoding="ascii") as file:
            file.write("0")
    if files:
        name = os.path.basename(os.path.dirname(files[0]))
        with open(_OWN_GROUPS, encoding="utf-8") as file:
            entered = sum(line.rstrip("\n").rpartition("/")[2] == name for line in file)
        if entered < len(files):
            raise OSError(f"this process did not enter the control group {name}")


def _become(uid: int, binds: list[list[str]]) -> None:
    _check(_libc.unshare(_CLONE_NEWNS), "unshare")
    _mount(b"none", b"/", None, _MS_REC | _MS_PRIVATE)
    _bind_all(binds)
    os.setgroups([])
    os.setresgid(uid, uid, uid)
    os.setresuid(uid, uid, uid)


def main() -> None:
    """Enter the control group, drop every privilege, become the launcher."""
    config = json.loads(sys.argv[1])
    os.umask(0o022)
    _join(config["join"])
    if config["become"] is not None:
        _become(**config["become"])
    os.chdir("/")
    os.execve(config["argv"][0], config["argv"], {})  # noqa: S606 - its purpose


if __name__ == "__main__":
    main()
