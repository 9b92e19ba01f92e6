"""Connects to addresses of the world that are reserved for documentation; no way may lead out."""

import socket

from kit import hand_in, refused

for family, address in ((socket.AF_INET, "192.0.2.1"), (socket.AF_INET6, "2001:db8::1")):

    def connected(family: int = family, address: str = address) -> None:
        """Try to leave."""
        with socket.socket(family) as plug:
            plug.settimeout(1)
            plug.connect((address, 80))

    refused(f"tcp to {address}", connected)
hand_in()
