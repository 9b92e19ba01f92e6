"""Walks through the links of process 1 to its root, folder, program and descriptors; all must be refused."""

import os

from kit import hand_in, refused, text

for pid in {1, os.getppid()}:
    for name in ("root", "cwd", "exe", "ns/mnt", "ns/pid", "ns/user"):
        refused(f"/proc/{pid}/{name}", os.readlink, f"/proc/{pid}/{name}")
    for name in ("fd", "map_files", "root", "cwd", "fdinfo"):
        refused(f"/proc/{pid}/{name}/", os.listdir, f"/proc/{pid}/{name}")
    refused("the root of process 1", text, f"/proc/{pid}/root/etc/passwd")
    for number in range(16):
        refused(f"descriptor {number}", os.open, f"/proc/{pid}/fd/{number}", os.O_RDWR)
hand_in()
