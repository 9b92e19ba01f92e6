"""Moves itself out of its control group and loosens its limits; no control group may be in reach."""

import glob
import os

from kit import hand_in, must, refused, text

must("control groups are visible", hold=not os.path.exists("/sys/fs/cgroup"))
for line in text("/proc/mounts").splitlines():
    must(f"mounted: {line}", hold=line.split()[2] not in {"cgroup", "cgroup2"})
for line in text("/proc/self/cgroup").splitlines():
    must(f"the host's place shows: {line}", hold="/../" not in line or "evil" not in line)
for path in glob.glob("/proc/*/root/sys/fs/cgroup/*/cgroup.procs"):
    refused(f"write {path}", os.open, path, os.O_WRONLY)
refused("the group's file", os.open, "/sys/fs/cgroup/cgroup.procs", os.O_WRONLY)
hand_in()
