"""Fills its temporary folders, which are memory; their size limit must stop it, and the outcome must say so."""

import os

from kit import MIB

for folder in ("/tmp", "/dev/shm", "/kaggle/working"):
    with open(f"{folder}/hog", "wb") as file:
        for _ in range(64):
            file.write(bytes(MIB))
os._exit(0)
