"""Changes its root and climbs out of it; it must be refused, and no old root may lie below."""

import os

from kit import call, hand_in, must, refused, system

refused("chroot", os.chroot, "/tmp")
os.makedirs("/tmp/new/old")
refused("pivot_root", system, "pivot_root", b"/tmp/new", b"/tmp/new/old")
refused("pivot_root onto itself", system, "pivot_root", b".", b".")
refused("unmount the root", call, "umount2", b"/", 2)
above = os.stat("/..")
must("the root is its own parent", hold=(above.st_dev, above.st_ino) == (os.stat("/").st_dev, os.stat("/").st_ino))
hand_in()
