"""Forks without end; the number of processes is bounded and all are gone at the end of its time."""

import contextlib
import os

while True:
    with contextlib.suppress(OSError):
        os.fork()
