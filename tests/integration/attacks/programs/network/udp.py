"""Sends datagrams to the host and to the world; none may arrive, nor be taken."""

import socket

from kit import HOST, hand_in, refused


def sent(address: str, port: int) -> None:
    """Send one word."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as plug:
        plug.sendto(b"out", (address, port))


refused("udp to the host", sent, "127.0.0.1", HOST["udp"])
refused("udp to the world", sent, "192.0.2.1", 53)
refused("udp to all", sent, "255.255.255.255", 53)
hand_in()
