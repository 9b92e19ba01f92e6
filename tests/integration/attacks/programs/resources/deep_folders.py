"""Makes folders thousands of levels deep, on which careless clean-up breaks; nothing may be left or fail."""

import contextlib
import os

from kit import hand_in

hand_in()
with contextlib.suppress(OSError):
    for _ in range(5000):
        os.mkdir("x" * 100)
        os.chdir("x" * 100)
