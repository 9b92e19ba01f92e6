"""Leaves a link to an open descriptor whose file has no name; it must not be followed."""

import os

from kit import HOST

fd = os.memfd_create("table")
os.write(fd, HOST["table"].encode())
os.symlink(f"/proc/{os.getpid()}/fd/{fd}", "/kaggle/working/submission.csv")
