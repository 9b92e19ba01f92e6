"""Loads programs and makes maps in the kernel; it must be refused."""

from kit import hand_in, refused, room, system

for command in (0, 5, 7, 18, 28):
    refused(f"bpf {command}", system, "bpf", command, room(128), 128)
hand_in()
