"""Maps one page of memory a thousand times over, so that the kernel's tables grow and nothing else; they must count."""

import ctypes
import os

from kit import LIBC, MIB, hold

# 2 MiB apart each touched byte needs a table of its own: 4 KiB that no process's size shows.
LIBC.mmap.restype = ctypes.c_void_p
LIBC.mmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t, *[ctypes.c_int] * 3, ctypes.c_long]
fd = os.memfd_create("tables")
os.truncate(fd, 2 * MIB)
os.write(fd, b"x")
for number in range(60000):
    place = LIBC.mmap(None, 2 * MIB, 3, 1, fd, 0)
    if place in (None, (1 << 64) - 1):
        break
    ctypes.c_char.from_address(place).value = b"x"
hold()
