"""Tries every descriptor number and what the first three are; nothing of the grader may have been inherited."""

import os
import stat

from kit import hand_in, must

for number in range(3, 4096):
    try:
        info = os.fstat(number)
    except OSError:
        continue
    target = os.readlink(f"/proc/self/fd/{number}")
    # What this program opened by itself is a file that it sees by its path, too.
    must(f"descriptor {number}: {target}", hold=stat.S_ISREG(info.st_mode) and target.startswith(("/kaggle", "/proc")))
must("input is a device or a pipe", hold=not stat.S_ISREG(os.fstat(0).st_mode))
for number in (1, 2):
    must(f"output {number} is a pipe", hold=stat.S_ISFIFO(os.fstat(number).st_mode))
for number in range(3):
    must("no terminal", hold=not os.isatty(number))
hand_in()
