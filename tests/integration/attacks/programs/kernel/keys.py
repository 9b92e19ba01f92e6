"""Adds and reads keys of the kernel's key rings, which namespaces do not separate; it must be refused."""

from kit import hand_in, refused, system

refused("add_key", system, "add_key", b"user", b"arena-test", b"x", 1, -2)
refused("request_key", system, "request_key", b"user", b"arena-test", None, 0)
for ring in (-1, -2, -3, -4, -5):
    refused(f"ring {ring}", system, "keyctl", 0, ring, 0)
    refused(f"read ring {ring}", system, "keyctl", 11, ring, None, 0)
hand_in()
