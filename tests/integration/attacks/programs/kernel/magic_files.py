"""Opens files of /proc and /dev that reach into the machine, to write; none may be there or open."""

import os
import stat

from kit import hand_in, must, refused

for path in ("/proc/sysrq-trigger", "/proc/irq/default_smp_affinity", "/proc/mtrr", "/proc/acpi", "/proc/bus/pci"):
    refused(path, os.open, path, os.O_WRONLY)
for path in ("/dev/mem", "/dev/kvm", "/dev/fuse", "/dev/net/tun", "/dev/loop-control", "/dev/vhost-net", "/dev/vsock"):
    refused(path, os.open, path, os.O_RDWR)
SAFE = {"null", "zero", "full", "random", "urandom", "tty", "ptmx"}
for name in os.listdir("/dev"):
    mode = os.lstat(f"/dev/{name}").st_mode
    must(f"device {name}", hold=not stat.S_ISBLK(mode) and (not stat.S_ISCHR(mode) or name in SAFE))
hand_in()
