"""Fills the disk with files that are open but deleted, so that no listing shows them; the limit must hold."""

import os

from kit import MIB

held = []
for number in range(64):
    path = f"/tmp/{number}"
    fd = os.open(path, os.O_RDWR | os.O_CREAT)
    os.unlink(path)
    held.append(fd)
    written = os.write(fd, bytes(MIB))
    assert written == MIB
