"""Takes up to 640 MiB in buffers of sockets, which show in no process's size; the limit must end it."""

import socket

from kit import hold

BLOCK = bytes(1 << 16)
pairs = []
total = 0
for _ in range(480):
    pair = socket.socketpair()
    pairs.append(pair)
    pair[0].setblocking(False)
    pair[0].setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 22)
    try:
        while total < 640 << 20:
            total += pair[0].send(BLOCK)
    except OSError:
        continue
hold()
