"""Stops itself and its children, so that nothing would ever end; it must end when its time is over."""

import os
import signal

from kit import children

children(3, lambda: os.kill(os.getpid(), signal.SIGSTOP))
os.kill(os.getpid(), signal.SIGSTOP)
