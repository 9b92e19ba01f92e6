"""Calls the kernel by the numbers of the x32 interface, which naive filters forget; none may exist."""

import os

from kit import LIBC, hand_in, must

for number in (39, 101, 272, 165, 520, 521):
    if os.uname().machine == "x86_64":
        must(f"x32 call {number}", hold=LIBC.syscall(0x40000000 + number, 0, 0, 0, 0) == -1)
hand_in()
