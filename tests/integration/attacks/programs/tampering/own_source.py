"""Rewrites its own handed-in source, so that the stored submission would look innocent; it must be refused."""

import os

from kit import hand_in, planted, refused

for name in os.listdir("/kaggle/src"):
    path = f"/kaggle/src/{name}"
    refused(f"write {name}", os.open, path, os.O_WRONLY)
    refused(f"remove {name}", os.unlink, path)
    refused(f"mode of {name}", os.chmod, path, 0o777)
refused("new file", planted, "/kaggle/src/evil.py")
refused("new folder", os.mkdir, "/kaggle/src/evil")
hand_in()
