"""Rewrites the harness's code inside the sandbox; it must be read-only."""

import os

from kit import hand_in, planted, refused

for folder, _, names in os.walk("/arena"):
    refused(f"new file in {folder}", planted, f"{folder}/evil.py")
    for name in names:
        path = f"{folder}/{name}"
        refused(f"write {path}", os.open, path, os.O_WRONLY)
        refused(f"remove {path}", os.unlink, path)
        refused(f"move {path}", os.rename, path, f"{path}.old")
hand_in()
