"""Reads the kernel's log, its memory and its addresses; it must be refused or be empty."""

from kit import hand_in, must, refused, room, system, text

for path in ("/dev/kmsg", "/proc/kmsg", "/dev/mem", "/dev/kmem", "/dev/port"):
    refused(path, text, path)
refused("syslog", system, "syslog", 3, room(), 4096)
refused("kcore", text, "/proc/kcore")
try:
    symbols = text("/proc/kallsyms").splitlines()[:100]
except OSError:
    symbols = []
must("kernel addresses", hold=not [line for line in symbols if int(line.split()[0], 16)])
hand_in()
