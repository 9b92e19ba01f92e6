"""After another's job: looks for its variables, arguments, module changes, signal handlers and limits."""

import builtins
import os
import signal
import sys
import threading

from kit import LIBC, hand_in, must

must("its variables", hold=not [name for name in os.environ if "LEFT" in name])
must("its variables in C", hold=not LIBC.getenv(b"ARENA_LEFT_TOO"))
must("its arguments", hold=len(sys.argv) == 1)
must("its changes of built-in names", hold=not hasattr(builtins, "LEFT_OVER"))
must("its modules", hold="left_over" not in sys.modules)
must("its search path", hold="/tmp" not in sys.path)
must("its signal handlers", hold=signal.getsignal(signal.SIGTERM) is signal.SIG_DFL)
must("its recursion limit", hold=sys.getrecursionlimit() == 1000)
must("its mask of file modes", hold=os.umask(0o022) != 0)
must("its threads", hold=[each.name for each in threading.enumerate()] == ["MainThread"])
must("its priority", hold=os.nice(0) == 0)
hand_in()
