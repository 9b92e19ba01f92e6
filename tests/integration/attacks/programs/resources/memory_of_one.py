"""Takes 640 MiB in one process; the memory limit must end it, by that name."""

from kit import MIB, held, hold

areas = [held(32 * MIB) for _ in range(20)]
hold()
