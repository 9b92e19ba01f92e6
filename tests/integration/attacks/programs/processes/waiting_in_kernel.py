"""Waits inside the kernel, in vfork and in a pipe of its own; it must end when its time is over."""

import os

from kit import LIBC

read, write = os.pipe()
if LIBC.vfork() == 0:
    while True:
        LIBC.read(read, None, 0)
        LIBC.pause()
