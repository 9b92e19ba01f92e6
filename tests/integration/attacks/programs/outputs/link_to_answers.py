"""Leaves a link to the host's answers as its table; it must not be followed."""

import os

from kit import HOST

os.symlink(HOST["paths"]["answers"][::-1], "/kaggle/working/submission.csv")
