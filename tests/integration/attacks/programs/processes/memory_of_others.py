"""Reads and writes the memory of process 1 and of its own child through system calls; it must be refused."""

import os
import time

from kit import children, hand_in, refused, room, system

(child,) = children(1, lambda: time.sleep(5))
for pid in (1, child):
    for name in ("process_vm_readv", "process_vm_writev"):
        refused(f"{name} {pid}", system, name, pid, room(16), 1, room(16), 1, 0)
    refused(f"process_madvise {pid}", system, "process_madvise", os.pidfd_open(pid), room(16), 1, 21, 0)
    refused(f"kcmp {pid}", system, "kcmp", os.getpid(), pid, 2, 0, 0)
hand_in()
