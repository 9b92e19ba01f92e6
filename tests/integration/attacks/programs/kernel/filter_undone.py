"""Installs a filter of system calls that allows everything, over the grader's; the stricter one must win."""

import ctypes
import struct

from kit import call, hand_in, refused, room

program = room(8)
program.raw = struct.pack("<HBBI", 0x06, 0, 0, 0x7FFF0000)
header = room(16)
header.raw = struct.pack("<HxxxxxxQ", 1, ctypes.addressof(program))
call("prctl", 22, 2, header, 0, 0)
refused("unshare", call, "unshare", 0x10000000)
refused("mount", call, "mount", b"none", b"/tmp", b"tmpfs", 0, None)
refused("ptrace", call, "ptrace", 16, 1, None, None)
refused("switch the filter off", call, "prctl", 22, 0, 0, 0, 0)
hand_in()
