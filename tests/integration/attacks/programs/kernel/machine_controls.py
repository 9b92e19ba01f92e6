"""Restarts the machine with a wrong word, swaps, accounts and takes ports; all must be refused."""

from kit import hand_in, refused, system

# Wrong magic numbers: a kernel that would let it through only says that they are wrong.
refused("reboot", system, "reboot", 1, 2, 3, None)
refused("swapon", system, "swapon", b"/tmp/none", 0)
refused("swapoff", system, "swapoff", b"/tmp/none")
refused("acct", system, "acct", b"/tmp/none")
refused("quotactl", system, "quotactl", 0, None, 0, None)
refused("ioperm", system, "ioperm", 0x80, 1, 1)
refused("iopl", system, "iopl", 3)
refused("vhangup", system, "vhangup")
refused("modify_ldt", system, "modify_ldt", 0, bytes(64), 64)
hand_in()
