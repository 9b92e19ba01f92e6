"""Leaves as many sleeping daemons as it may have, in groups of their own; all must be gone at once."""

import os
import signal

from kit import children, hand_in


def sleep() -> None:
    """Leave the session and wait."""
    os.setsid()
    signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))
    while True:
        signal.pause()


children(200, sleep)
hand_in()
