"""Makes 300,000 empty files, which take no space that a disk limit counts; their number must be bounded."""

import contextlib
import os

from kit import breach, hand_in

made = 0
with contextlib.suppress(OSError):
    for made in range(300_000):
        os.close(os.open(f"/tmp/{made}", os.O_WRONLY | os.O_CREAT))
if made > 250_000:
    breach(f"{made} inodes")
with contextlib.suppress(OSError):
    for number in range(100):
        os.unlink(f"/tmp/{number}")
hand_in()
