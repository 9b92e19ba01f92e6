"""Makes raw and packet sockets, to forge or listen; it must be refused."""

import socket

from kit import hand_in, refused

refused("raw", socket.socket, socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP)
refused("ping", socket.socket, socket.AF_INET, socket.SOCK_DGRAM, socket.IPPROTO_ICMP)
refused("packet", socket.socket, socket.AF_PACKET, socket.SOCK_RAW, 768)
refused("raw 6", socket.socket, socket.AF_INET6, socket.SOCK_RAW, 58)
hand_in()
