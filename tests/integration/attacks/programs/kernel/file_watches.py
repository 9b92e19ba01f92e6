"""Watches the whole file system, to see what the grader reads; it must be refused."""

from kit import hand_in, refused, system

refused("fanotify", system, "fanotify_init", 0, 0)
refused("fanotify without privilege", system, "fanotify_init", 0x200, 0)
refused("lookup_dcookie", system, "lookup_dcookie", 1, bytes(64), 64)
hand_in()
