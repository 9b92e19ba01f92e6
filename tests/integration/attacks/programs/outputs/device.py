"""Makes device files as its table, of disks and of memory; no device may be made or opened."""

import os
import stat

from kit import refused

for kind, major, minor in ((stat.S_IFBLK, 8, 0), (stat.S_IFBLK, 254, 0), (stat.S_IFCHR, 1, 1), (stat.S_IFCHR, 1, 3)):
    refused("make a device", os.mknod, "/kaggle/working/submission.csv", kind | 0o600, os.makedev(major, minor))
os.symlink("/dev/zero", "/kaggle/working/submission.csv")
