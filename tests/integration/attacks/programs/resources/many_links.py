"""Gives one file tens of thousands of names and folders of links; the clean-up must end in time."""

import contextlib
import os

from kit import hand_in

os.mkdir("/tmp/links")
open("/tmp/links/one", "wb").close()
with contextlib.suppress(OSError):
    for number in range(20_000):
        os.link("/tmp/links/one", f"/tmp/links/{number}")
hand_in()
