"""Takes memory that even the kernel cannot look into or count; it must be refused."""

from kit import hand_in, refused, room, system

refused("memfd_secret", system, "memfd_secret", 0)
refused("move_pages", system, "move_pages", 1, 0, None, None, None, 0)
refused("migrate_pages", system, "migrate_pages", 1, 1, room(8), room(8))
refused("set_mempolicy", system, "set_mempolicy", 0, None, 0)
hand_in()
