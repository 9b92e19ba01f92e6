"""Talks to the kernel through netlink, to set up a network of its own; it must be refused."""

import socket

from kit import hand_in, refused

for protocol in (0, 4, 9, 12, 15, 16):
    refused(f"netlink {protocol}", socket.socket, socket.AF_NETLINK, socket.SOCK_RAW, protocol)
hand_in()
