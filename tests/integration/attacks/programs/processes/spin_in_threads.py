"""Burns CPU time in threads outside the interpreter's lock; the sum must count."""

import hashlib
import threading

BLOCK = bytes(1 << 24)


def spin() -> None:
    """Hash without end, which needs no lock."""
    while True:
        hashlib.sha256(BLOCK).digest()


for _ in range(4):
    threading.Thread(target=spin).start()
