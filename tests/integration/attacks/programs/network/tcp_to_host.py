"""Connects to a port of the host that listens; nothing may come through."""

import socket

from kit import HOST, hand_in, refused

for family, address in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET, "0.0.0.0"), (socket.AF_INET6, "::1")):

    def connected(family: int = family, address: str = address) -> None:
        """Say a word to the host."""
        with socket.socket(family) as plug:
            plug.settimeout(2)
            plug.connect((address, HOST["tcp"]))

    refused(f"tcp to {address}", connected)
hand_in()
