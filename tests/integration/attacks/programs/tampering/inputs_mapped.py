"""Maps an input into memory to write through the map, shared and private; the file must not change."""

import contextlib
import mmap
import os

from kit import hand_in, must, refused

path = f"{os.environ['ARENA_INPUT']}/train.csv"
fd = os.open(path, os.O_RDONLY)
before = os.pread(fd, 64, 0)
refused("a writable shared map", mmap.mmap, fd, 0, mmap.MAP_SHARED, mmap.PROT_READ | mmap.PROT_WRITE)
private = mmap.mmap(fd, 0, mmap.MAP_PRIVATE, mmap.PROT_READ | mmap.PROT_WRITE)
private[:4] = b"EVIL"
with contextlib.suppress(OSError), open("/proc/self/mem", "r+b", buffering=0) as memory:
    # The classic race of copy-on-write, once: the page of the file must stay clean.
    line = next(line for line in open("/proc/self/maps", encoding="latin-1") if line.rstrip().endswith("train.csv"))
    memory.seek(int(line.split("-")[0], 16))
    memory.write(b"MORE")
must("the file changed", hold=os.pread(fd, 64, 0) == before)
hand_in()
