"""Reads its mount table for the vault and for file systems that it should not have; neither may stand there."""

from kit import hand_in, must, report_leaks, text

LINES = text("/proc/self/mountinfo").splitlines()
must("mounts are read", hold=len(LINES) > 5)
for line in LINES:
    point, kind = line.split()[4], line.split(" - ")[1].split()[0]
    must(f"file system {kind} at {point}", hold=kind not in {"sysfs", "cgroup", "cgroup2", "securityfs", "debugfs"})
    if "secret-vault-" in line:
        report_leaks("the mount table", line.encode())
    options = line.split()[5].split(",")
    own = point in {"/tmp", "/dev/shm", "/kaggle/working"} or point.startswith("/dev")
    must(f"{point} may be written", hold="ro" in options or own)
    must(f"{point} honours set-uid bits", hold="nosuid" in options)
hand_in()
