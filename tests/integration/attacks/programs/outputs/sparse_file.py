"""Leaves a table of a gigabyte without content; its size must be judged before it is read."""

import contextlib
import os

with contextlib.suppress(OSError):
    os.truncate(os.open("/kaggle/working/submission.csv", os.O_WRONLY | os.O_CREAT), 1 << 30)
os.truncate("/kaggle/working/submission.csv", 15 << 20)
