"""Opens files until it is refused, in itself and in children; their number is bounded and the machine has others."""

import contextlib
import os
import time

from kit import children, hand_in, must


def take() -> int:
    """Open until it fails."""
    opened = []
    with contextlib.suppress(OSError):
        while len(opened) < 100_000:
            opened.append(os.open("/dev/null", os.O_RDONLY))
    for fd in opened[:4]:
        os.close(fd)
    return len(opened)


count = take()
must(f"{count} open files", hold=count <= 4096)
os.closerange(10, 5000)
children(8, lambda: (take(), time.sleep(0.2)))
time.sleep(0.3)
hand_in()
