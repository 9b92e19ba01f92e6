"""Types into the terminal of whoever started it, with and without high bits that hide the request; it must fail."""

import contextlib
import os

from kit import LIBC, hand_in, must, refused

for number in range(3):
    for request in (0x5412, 0x541C, 0x100005412, 0xFFFFFFFF00005412):
        must(f"typed into {number}", hold=LIBC.ioctl(number, request, b"x") == -1)
refused("its terminal", os.open, "/dev/tty", os.O_RDWR)
with contextlib.suppress(OSError):
    master = os.open("/dev/ptmx", os.O_RDWR | os.O_NOCTTY)
    must("typed into a new terminal", hold=LIBC.ioctl(master, 0x5412, b"x") == -1)
hand_in()
