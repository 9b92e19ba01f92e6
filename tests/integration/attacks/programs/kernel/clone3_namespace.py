"""Hides a request for namespaces in the memory block of clone3, where no filter can look; it must be refused."""

import ctypes
import os

from kit import breach, hand_in, room, system

arguments = room(88)
ctypes.c_uint64.from_buffer(arguments, 0).value = 0x10000000
ctypes.c_uint64.from_buffer(arguments, 32).value = 17
try:
    made = system("clone3", arguments, 88)
except OSError:
    pass
else:
    if made == 0:
        os._exit(0)
    breach("clone3 made a namespace")
hand_in()
