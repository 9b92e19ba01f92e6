"""Dies in every way at once, by signal, while children fork and the log is full; the launcher must live on."""

import os
import signal
import time

from kit import children


def spin() -> None:
    """Fork and print until the end."""
    while True:
        if os.fork():
            os._exit(0)
        os.write(1, b"x" * 512)
        time.sleep(0.001)


children(6, spin)
time.sleep(0.2)
os.kill(os.getppid(), signal.SIGKILL)
os.kill(os.getpid(), signal.SIGSEGV)
