"""Dies so that the kernel would write its memory to disk or hand it to the host's program; neither may happen."""

import os
import resource
import signal

from kit import held, must

must("core files are allowed", hold=resource.getrlimit(resource.RLIMIT_CORE) == (0, 0))
area = held(1 << 20)
os.chdir("/kaggle/working")
os.kill(os.getpid(), signal.SIGQUIT)
