"""Switches off the random layout of memory and other protections of programs; it must be refused."""

from kit import hand_in, refused, system

for value in (0x0040000, 0x0400000, 0x0100000, 0x0000008):
    refused(f"personality {value:x}", system, "personality", value)
hand_in()
