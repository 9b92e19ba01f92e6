"""Makes sockets of every other family, many of them doors to old kernel code; all must be refused."""

import socket

from kit import hand_in, refused

for family in range(64):
    if family != socket.AF_UNIX:
        for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM, socket.SOCK_SEQPACKET):
            refused(f"family {family} kind {kind}", socket.socket, family, kind, 0)
            refused(f"pair of {family}", socket.socketpair, family, kind)
hand_in()
