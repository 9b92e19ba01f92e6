"""Connects to a socket of the host by its abstract name, which no file system hides; it must not be there."""

import socket

from kit import HOST, hand_in, refused

for name in (HOST["door"], "/tmp/.X11-unix/X0", "/org/kernel/udev/udevd"):
    for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM, socket.SOCK_SEQPACKET):
        refused(name, socket.socket(socket.AF_UNIX, kind).connect, f"\0{name}")
hand_in()
