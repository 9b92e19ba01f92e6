"""Mounts through the newer system calls, which old filters do not know; it must be refused."""

from kit import hand_in, refused, room, system

refused("fsopen", system, "fsopen", b"tmpfs", 0)
refused("fspick", system, "fspick", -100, b"/", 0)
refused("open_tree", system, "open_tree", -100, b"/", 1)
refused("move_mount", system, "move_mount", -100, b"/etc", -100, b"/tmp", 0)
refused("mount_setattr", system, "mount_setattr", -100, b"/", 0, room(32), 32)
refused("fsmount", system, "fsmount", 3, 0, 0)
hand_in()
