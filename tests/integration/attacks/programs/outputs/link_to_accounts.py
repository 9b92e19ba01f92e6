"""Leaves a link to /etc/passwd as its table; it must not be followed."""

import os

os.symlink("/etc/passwd", "/kaggle/working/submission.csv")
