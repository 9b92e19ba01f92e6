"""Takes 640 MiB in shared maps that belong to no one process; the limit must end it."""

import mmap

from kit import MIB, fill, hold

areas = [mmap.mmap(-1, 64 * MIB) for _ in range(10)]
for area in areas:
    fill(area, 64 * MIB)
hold()
