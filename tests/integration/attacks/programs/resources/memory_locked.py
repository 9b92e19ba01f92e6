"""Locks memory so that it cannot be taken back; it counts as memory, and the limit must end it."""

from kit import LIBC, MIB, held, hold

LIBC.mlockall(3)
areas = [held(32 * MIB) for _ in range(20)]
hold()
