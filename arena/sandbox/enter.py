"""Build the walls around a fork server, then become it. Reads its configuration, as JSON, from standard input.

The walls: namespaces of its own for mounts, processes, network, IPC and names (and users, where the grader is not
root); a root in memory that shows the runtime and the parts of the system that it needs, read-only. The host's own
root stays at ``/arena/host`` for the server, which hangs a job's files from there into its own copy of this view, and
takes it away before anything of the job runs.

JSON: ``{binds: [[source, target], …], links: [[text, link], …], hidden: [folder, …], masks: [path, …], places:
[folder, …], files: {path: text}, control_fd, command, environment}``.
"""

import json
import os
import socket
import sys
from typing import Any

from arena.sandbox.guest import kernel

HOST = "/arena/host"
_NEW_ROOT = "/tmp"  # noqa: S108 - covered in a mount namespace of our own, and only until it is the root
_ROOT_BYTES, _ROOT_FILES = 4 * 1024**2, 4096
_DEVICES = ("null", "zero", "full", "random", "urandom", "tty")
# The account inside, where the grader is not root.
_INSIDE = 1000


def main() -> None:
    """Become the server; the outer process waits for it and ends as it ended."""
    config = json.load(sys.stdin)
    os.umask(0o022)
    outside = os.getuid(), os.getgid()
    users = kernel.CLONE_NEWUSER if outside[0] != 0 else 0
    kernel.unshare(
        users
        | kernel.CLONE_NEWNS
        | kernel.CLONE_NEWPID
        | kernel.CLONE_NEWNET
        | kernel.CLONE_NEWIPC
        | kernel.CLONE_NEWUTS
    )
    if users:
        _map_account(*outside)
    server = os.fork()
    if server == 0:
        kernel.die_with_parent()
        _build(config)
        kernel.keep_capabilities()
        os.dup2(os.open("/dev/null", os.O_RDONLY), 0)
        os.execve(config["command"][0], config["command"], config["environment"])  # noqa: S606 - its purpose
    # Whoever waits for this end of the socket to close waits for the server.
    os.close(config["control_fd"])
    _, status = os.waitpid(server, 0)
    os._exit(os.waitstatus_to_exitcode(status) & 0xFF)


def _map_account(uid: int, gid: int) -> None:
    for name, text in (("setgroups", "deny"), ("uid_map", f"{_INSIDE} {uid} 1"), ("gid_map", f"{_INSIDE} {gid} 1")):
        with open(f"/proc/self/{name}", "w", encoding="ascii") as file:
            file.write(text)


def _build(config: dict[str, Any]) -> None:
    # From the pivot on this interpreter finds no module any more: what it needs is loaded.
    kernel.make_private()
    kernel.mount_tmpfs(_NEW_ROOT, size=_ROOT_BYTES, files=_ROOT_FILES)
    os.makedirs(_NEW_ROOT + HOST)
    kernel.pivot_root(_NEW_ROOT, _NEW_ROOT + HOST)
    os.chdir("/")
    os.mkdir("/proc")
    kernel.mount_proc("/proc")
    _build_devices()
    for place in config["places"]:
        os.makedirs(place, exist_ok=True)
    for place in config["scratch"]:
        # For what packages try out at their import. Each job gets its own on top.
        kernel.mount_tmpfs(place, size=_ROOT_BYTES, files=_ROOT_FILES)
    for text, link in config["links"]:
        os.symlink(text, link)
    for path, text in config["files"].items():
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "x", encoding="utf-8") as file:
            file.write(text)
    for source, target in config["binds"]:
        kernel.show(HOST + source, target)
    for path in (*config["hidden"], *config["masks"]):
        kernel.cover(path, config["cover"])
    socket.sethostname("sandbox")
    kernel.read_only("/", below=False)


def _build_devices() -> None:
    os.mkdir("/dev")
    for name in _DEVICES:
        os.close(os.open(f"/dev/{name}", os.O_CREAT | os.O_WRONLY, 0o666))
        kernel.bind_device(f"{HOST}/dev/{name}", f"/dev/{name}")
    for name in ("pts", "shm"):
        os.mkdir(f"/dev/{name}")
    kernel.mount_devpts("/dev/pts")
    for text, name in (
        ("pts/ptmx", "ptmx"),
        ("/proc/self/fd", "fd"),
        ("/proc/self/fd/0", "stdin"),
        ("/proc/self/fd/1", "stdout"),
        ("/proc/self/fd/2", "stderr"),
    ):
        os.symlink(text, f"/dev/{name}")


if __name__ == "__main__":
    main()
