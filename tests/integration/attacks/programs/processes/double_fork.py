"""Leaves daemons in sessions of their own that ignore every signal; they must die with the job."""

import contextlib
import os
import signal
import time

from kit import hand_in

for _ in range(5):
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            for number in range(1, 65):
                with contextlib.suppress(OSError, ValueError):
                    signal.signal(number, signal.SIG_IGN)
            time.sleep(3600)
        os._exit(0)
hand_in()
