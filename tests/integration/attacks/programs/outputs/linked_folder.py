"""Replaces the working folder's parts by links to lead the reader astray; only a plain file may count."""

import os

from kit import refused

os.mkdir("/tmp/elsewhere")
refused("replace the working folder", os.rename, "/kaggle/working", "/kaggle/other")
refused("remove the working folder", os.rmdir, "/kaggle/working")
os.symlink("/tmp/elsewhere", "/kaggle/working/submission.csv")
