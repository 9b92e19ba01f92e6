"""Queues system calls through io_uring, past every filter; it must be refused."""

from kit import hand_in, refused, room, system

refused("setup", system, "io_uring_setup", 4, room(256))
refused("enter", system, "io_uring_enter", 3, 1, 1, 0, None, 0)
refused("register", system, "io_uring_register", 3, 0, None, 0)
hand_in()
