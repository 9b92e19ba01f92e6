"""Fills every folder that it may write, and swallows the errors; no table and a full disk is what must be said."""

import contextlib

from kit import MIB

for folder in ("/dev/shm", "/tmp", "/kaggle/working"):
    for number in range(32):
        with contextlib.suppress(OSError), open(f"{folder}/{number}", "wb") as file:
            file.write(bytes(MIB))
