"""Handles the kernel's page faults itself, the tool of many exploits; it must be refused."""

from kit import hand_in, refused, system

for flags in (0, 1, 0o2000001):
    refused(f"userfaultfd {flags:o}", system, "userfaultfd", flags)
refused("device", open, "/dev/userfaultfd", "rb")
hand_in()
