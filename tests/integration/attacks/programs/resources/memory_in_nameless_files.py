"""Takes 640 MiB in files without a name, which belong to no process's size; the limit must end it."""

import os

from kit import MIB, hold

block = bytes(16 * MIB)
for number in range(40):
    os.write(os.memfd_create(f"hog{number}"), block)
hold()
