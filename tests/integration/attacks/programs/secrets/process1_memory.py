"""Opens the memory of process 1, of its parent and of every other process; it must be refused."""

import os

from kit import hand_in, refused, text

others = [name for name in os.listdir("/proc") if name.isdigit() and int(name) != os.getpid()]
for pid in {*others, "1", str(os.getppid())}:
    for name in ("mem", "maps", "smaps", "environ", "auxv", "stack", "syscall", "personality", "pagemap"):
        refused(f"/proc/{pid}/{name}", text, f"/proc/{pid}/{name}")
hand_in()
