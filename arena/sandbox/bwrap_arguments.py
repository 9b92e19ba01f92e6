"""What a job sees, as bubblewrap's command line."""

import os
from collections.abc import Sequence

from arena.sandbox.interface import Mount
from arena.sandbox.view import HIDDEN_FOLDERS, SHM_BYTES, WORKING, View, system_links


def namespace_arguments() -> list[str]:
    """Own namespaces of every kind, no privilege, no terminal, no life after the grader's."""
    flags = ["user", "pid", "net", "ipc", "uts", "cgroup"]
    return [
        *(f"--unshare-{flag}" for flag in flags),
        *("--uid", "1000", "--gid", "1000", "--hostname", "sandbox"),
        *("--disable-userns", "--die-with-parent", "--new-session", "--as-pid-1", "--cap-drop", "ALL", "--clearenv"),
    ]


def file_arguments(view: View, nodes: Sequence[Mount], disk_bytes: int) -> list[str]:
    """Mounts in the order in which bubblewrap makes them; the last ones make everything but the tmpfs read-only."""
    # The writable places first: a runtime or a workspace may lie below the host's /tmp, and must not be covered.
    arguments = ["--dir", "/etc", "--proc", "/proc", "--dev", "/dev"]
    if not nodes:
        # CUDA names its threads by way of /proc; the account inside may write nothing else there.
        arguments += ["--remount-ro", "/proc"]
    for node in nodes:
        arguments += ["--dev-bind", str(node.source), node.target]
    for size, target in ((min(disk_bytes, SHM_BYTES), "/dev/shm"), (disk_bytes, "/tmp"), (disk_bytes, WORKING)):  # noqa: S108
        arguments += ["--perms", "0700", "--size", str(size), "--tmpfs", target]
    for text, link in system_links():
        arguments += ["--symlink", text, link]
    for mount in view.binds:
        arguments += ["--ro-bind", str(mount.source), mount.target]
    for hidden in HIDDEN_FOLDERS:
        if os.path.isdir(hidden):
            arguments += ["--tmpfs", hidden, "--remount-ro", hidden]
    for mask in view.masks:
        if mask.is_dir():
            arguments += ["--tmpfs", str(mask), "--remount-ro", str(mask)]
        else:
            arguments += ["--ro-bind", str(view.cover), str(mask)]
    return [*arguments, "--chdir", "/", "--remount-ro", "/dev", "--remount-ro", "/"]
