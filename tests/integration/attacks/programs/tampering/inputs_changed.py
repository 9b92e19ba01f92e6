"""Writes, truncates, removes and renames the task's inputs, in every way there is; they must stay as they are."""

import os

from kit import hand_in, planted, refused

folder = os.environ["ARENA_INPUT"]
for name in os.listdir(folder):
    path = f"{folder}/{name}"
    refused(f"write {name}", os.open, path, os.O_WRONLY)
    refused(f"append to {name}", os.open, path, os.O_WRONLY | os.O_APPEND)
    refused(f"truncate {name}", os.truncate, path, 0)
    refused(f"remove {name}", os.unlink, path)
    refused(f"rename {name}", os.rename, path, f"{path}.old")
    refused(f"mode of {name}", os.chmod, path, 0o666)
    refused(f"owner of {name}", os.chown, path, os.getuid(), os.getgid())
    refused(f"times of {name}", os.utime, path, (0, 0))
    refused(f"attribute of {name}", os.setxattr, path, "user.evil", b"x")
    refused(f"reopen {name}", os.open, f"/proc/self/fd/{os.open(path, os.O_RDONLY)}", os.O_RDWR)
refused("new input", planted, f"{folder}/evil.csv")
hand_in()
