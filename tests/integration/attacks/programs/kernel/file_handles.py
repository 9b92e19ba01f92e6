"""Opens files by handles instead of paths, the way out of many containers; it must be refused."""

import ctypes

from kit import hand_in, refused, room, system

handle = room(136)
ctypes.c_uint32.from_buffer(handle, 0).value = 128
refused("make a handle", system, "name_to_handle_at", -100, b"/etc/passwd", handle, room(8), 0)
ctypes.c_uint32.from_buffer(handle, 0).value = 8
ctypes.c_uint32.from_buffer(handle, 4).value = 1
ctypes.c_uint64.from_buffer(handle, 8).value = 2
refused("open a handle", system, "open_by_handle_at", 0, handle, 0)
hand_in()
