"""Writes its own files below /proc that steer the kernel's choice of victims; they may not protect it."""

import contextlib
import os

from kit import hand_in, must, text

users = text("/proc/self/uid_map")
before = int(text("/proc/self/oom_score_adj"))
for value in ("-1000", "-500", str(before - 1)):
    with contextlib.suppress(OSError), open("/proc/self/oom_score_adj", "w", encoding="ascii") as file:
        file.write(value)
must("protected from running out of memory", hold=int(text("/proc/self/oom_score_adj")) >= before)
for name in ("uid_map", "gid_map", "setgroups", "projid_map"):
    with contextlib.suppress(OSError), open(f"/proc/self/{name}", "w", encoding="ascii") as file:
        file.write("0 0 1" if name != "setgroups" else "allow")
must("its users were mapped anew", hold=text("/proc/self/uid_map") == users)
must("is root now", hold=0 not in os.getresuid())
hand_in()
