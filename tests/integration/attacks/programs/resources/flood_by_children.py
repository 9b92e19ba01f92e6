"""Prints from many processes through both streams at once; the sum must count."""

import os

from kit import children


def flood() -> None:
    """Print."""
    while True:
        os.write(1, b"y" * 4096)
        os.write(2, b"z" * 4096)


children(6, flood)
flood()
