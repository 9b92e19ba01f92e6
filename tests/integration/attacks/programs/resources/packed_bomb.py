"""Unpacks a kilobyte into gigabytes inside the sandbox; the memory limit must end it, by that name."""

import lzma

packed = lzma.compress(bytes(64 << 20))
held = []
for _ in range(10):
    held.append(bytearray(lzma.decompress(packed)))
