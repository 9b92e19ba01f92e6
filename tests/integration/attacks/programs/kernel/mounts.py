"""Mounts, binds, remounts and unmounts file systems over its own folders; it must be refused."""

import os

from kit import call, hand_in, refused

inputs = os.environ["ARENA_INPUT"].encode()
refused("tmpfs", call, "mount", b"none", b"/tmp", b"tmpfs", 0, None)
refused("proc", call, "mount", b"proc", b"/tmp", b"proc", 0, None)
refused("sysfs", call, "mount", b"sysfs", b"/tmp", b"sysfs", 0, None)
refused("overlay", call, "mount", b"overlay", b"/tmp", b"overlay", 0, b"lowerdir=/etc,upperdir=/tmp,workdir=/dev/shm")
refused("bind", call, "mount", b"/etc", b"/tmp", None, 4096, None)
for place in (b"/", b"/proc", inputs, b"/kaggle/src", b"/usr", b"/arena/lib/arena_guest"):
    refused(f"remount {place!r}", call, "mount", None, place, None, 32, None)
    refused(f"remount the bind {place!r}", call, "mount", None, place, None, 32 | 4096, None)
    refused(f"unmount {place!r}", call, "umount2", place, 2)
hand_in()
