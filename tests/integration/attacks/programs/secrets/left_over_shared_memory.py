"""After another's job: opens its System V shared memory, semaphores and memory files by their known keys."""

import ctypes
import os

from kit import LIBC, hand_in, must, refused, report_leaks, text

LIBC.shmat.restype = ctypes.c_void_p
for key in (0x5EC2E7, 0x5EC2E8):
    shared = LIBC.shmget(key, 0, 0)
    must(f"shared memory {key:x}", hold=shared == -1)
    if shared != -1:
        report_leaks("shared memory", ctypes.string_at(LIBC.shmat(shared, None, 0), 64))
must("the list of shared memory is empty", hold=len(text("/proc/sysvipc/shm").splitlines()) == 1)
refused("a named segment", os.open, "/dev/shm/left-over", os.O_RDONLY)
hand_in()
