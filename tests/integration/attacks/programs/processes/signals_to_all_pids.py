"""Sends harmless and deadly signals to every process number; none outside may be hit."""

import contextlib
import os
import signal

from kit import breach, hand_in

# First without a signal: were another process there, nothing of it would be harmed.
reached = []
for pid in range(2, 5000):
    if pid != os.getpid():
        with contextlib.suppress(OSError):
            os.kill(pid, 0)
            reached.append(pid)
if reached:
    breach(f"processes {reached[:20]}")
else:
    with contextlib.suppress(OSError):
        os.kill(-1, signal.SIGKILL)
    with contextlib.suppress(OSError):
        os.killpg(0, signal.SIGCONT)
hand_in()
