"""Sends every signal to process 1 and to its parent; neither may die, stop or lose the table."""

import contextlib
import os
import signal

from kit import hand_in, must

for pid in (1, os.getppid()):
    for number in range(1, 65):
        with contextlib.suppress(OSError):
            os.kill(pid, number)
    with contextlib.suppress(OSError):
        signal.pidfd_send_signal(os.pidfd_open(pid), signal.SIGKILL)
must("process 1 lives", hold=os.path.exists("/proc/1/stat"))
hand_in()
