"""Installs a filter that hands its children's calls to itself, to answer them falsely; nothing outside may notice."""

import os
import struct

from kit import children, hand_in, room, system

program = room(8)
program.raw = struct.pack("<HBBI", 0x06, 0, 0, 0x7FFF0000)
header = room(16)
header.raw = struct.pack("<HxxxxxxQ", 1, __import__("ctypes").addressof(program))
try:
    system("seccomp", 1, 8, header)
except OSError:
    pass
children(2, lambda: os.getpid())
hand_in()
