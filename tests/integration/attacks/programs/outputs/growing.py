"""Lets many daemons append to the table without end while it is taken out; it must be taken once, whole, or refused."""

import os

from kit import children, hand_in

hand_in()
ready, told = os.pipe()


def append() -> None:
    """Write a row again and again."""
    os.setsid()
    fd = os.open("/kaggle/working/submission.csv", os.O_WRONLY | os.O_APPEND)
    os.write(told, b".")
    while True:
        os.write(fd, b"999999,1\n" * 100)


children(4, append)
os.read(ready, 1)
