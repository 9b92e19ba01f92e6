"""Queues real-time signals to itself and process 1 without taking them; the queue is bounded and the grader works."""

import contextlib
import os
import signal

from kit import hand_in, room, system

signal.pthread_sigmask(signal.SIG_BLOCK, range(34, 64))
for pid in (os.getpid(), 1):
    with contextlib.suppress(OSError):
        for _ in range(100_000):
            system("rt_sigqueueinfo", pid, 35, room(128))
hand_in()
