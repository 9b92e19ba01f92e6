"""Leaves two daemons that start each other anew as soon as one dies; both must be gone at the end."""

import os
import time

from kit import hand_in


def watch() -> None:
    """Become a new process again and again, so that a list of processes is always out of date."""
    while True:
        if os.fork():
            os._exit(0)
        os.setsid()
        time.sleep(0.001)


for _ in range(4):
    if os.fork() == 0:
        watch()
time.sleep(0.1)
hand_in()
