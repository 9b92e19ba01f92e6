"""Reads the host's accounts, keys, logs and homes; none of them may be there."""

import os

from kit import HOST, hand_in, must, refused, text

for path in (
    "/etc/shadow",
    "/etc/gshadow",
    "/etc/machine-id",
    "/etc/hostname",
    "/etc/fstab",
    "/etc/ssh",
    "/etc/sudoers",
):
    must(path, hold=not os.path.lexists(path))
for path in ("/root/.ssh", "/root/.bash_history", "/var/log", "/var/lib", "/home", "/run", "/boot", "/mnt", "/srv"):
    must(path, hold=not os.path.lexists(path) or path.split("/")[1] in HOST["top"])
refused("shadow", text, "/etc/shadow")
must("only made-up accounts", hold=len(text("/etc/passwd").splitlines()) <= 4)
hand_in()
