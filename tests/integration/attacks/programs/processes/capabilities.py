"""Looks for capabilities, takes them and undoes the promise of no new privileges; there may be none."""

import os

from kit import call, hand_in, must, refused, text

status = dict(line.split(":\t", 1) for line in text("/proc/self/status").splitlines())
for name in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"):
    must(f"{name} {status[name]}", hold=int(status[name], 16) == 0)
must("no new privileges", hold=status["NoNewPrivs"].strip() == "1")
must("a filter of system calls", hold=status["Seccomp"].strip() == "2")
must("not root", hold=0 not in {os.getuid(), os.geteuid(), os.getgid(), os.getegid()})
refused("undo no_new_privs", call, "prctl", 38, 0, 0, 0, 0)
refused("ambient capability", call, "prctl", 47, 2, 21, 0, 0)
refused("keep capabilities off", call, "prctl", 24, 21, 0, 0, 0)
hand_in()
