"""Ignores every signal and does nothing; it must end when its time is over."""

import contextlib
import signal

for number in range(1, 65):
    with contextlib.suppress(OSError, ValueError):
        signal.signal(number, signal.SIG_IGN)
while True:
    signal.pause()
