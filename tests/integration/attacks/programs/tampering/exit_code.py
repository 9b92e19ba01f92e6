"""Leaves with codes that overflow a byte and look like success after a failure; no table means no score."""

import contextlib
import os

for code in (256, 512, 1 << 31, -256):
    if os.fork() == 0:
        with contextlib.suppress(OverflowError):
            os._exit(code)
        os._exit(0)
    os.wait()
os._exit(256)
