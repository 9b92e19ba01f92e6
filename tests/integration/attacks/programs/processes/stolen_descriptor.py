"""Takes descriptors out of process 1 through a handle of it; it must be refused."""

import os

from kit import hand_in, refused, system

for pid in {1, os.getppid()}:
    handle = os.pidfd_open(pid)
    for number in range(12):
        refused(f"descriptor {number} of {pid}", system, "pidfd_getfd", handle, number, 0)
hand_in()
