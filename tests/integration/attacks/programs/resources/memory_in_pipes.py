"""Takes what it can in buffers of pipes, enlarged as far as is allowed; the memory limit must end it or there is none."""

import contextlib
import fcntl
import os

from kit import hold

pipes = []
for _ in range(480):
    read, write = os.pipe()
    pipes.append((read, write))
    os.set_blocking(write, False)
    with contextlib.suppress(OSError):
        fcntl.fcntl(write, fcntl.F_SETPIPE_SZ, 1 << 20)
    with contextlib.suppress(OSError):
        while True:
            os.write(write, bytes(1 << 16))
hold(0.5)
