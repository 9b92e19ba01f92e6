"""Makes its output descriptors non-blocking and fills them, so that a shared reader could lose its place."""

import fcntl
import os

from kit import hand_in

for number in range(3):
    fcntl.fcntl(number, fcntl.F_SETFL, fcntl.fcntl(number, fcntl.F_GETFL) | os.O_NONBLOCK)
fcntl.fcntl(1, fcntl.F_SETPIPE_SZ, 4096)
for _ in range(64):
    try:
        os.write(1, b"." * 4096)
    except BlockingIOError:
        break
hand_in()
