"""Uses the kernel's cryptography and virtual machine sockets, doors to its host; they must be refused."""

import socket

from kit import hand_in, refused

refused("AF_ALG", socket.socket, getattr(socket, "AF_ALG", 38), socket.SOCK_SEQPACKET, 0)
refused("AF_VSOCK", socket.socket, getattr(socket, "AF_VSOCK", 40), socket.SOCK_STREAM, 0)
refused("AF_XDP", socket.socket, 44, socket.SOCK_RAW, 0)
hand_in()
