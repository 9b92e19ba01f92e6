"""Opens the answers, the vault, the task's source and the records where the host keeps them; none may be there."""

import os

from kit import HOST, hand_in, must, refused, text

for name, backwards in HOST["paths"].items():
    path = backwards[::-1]
    must(f"{name} shows inside", hold=not os.path.lexists(path))
    refused(f"read {name}", text, path)
hand_in()
