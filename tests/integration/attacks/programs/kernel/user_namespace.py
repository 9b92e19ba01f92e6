"""Makes namespaces of every kind, in which it would be root; it must be refused."""

import os

from kit import call, hand_in, refused, system

KINDS = {"user": 0x10000000, "mount": 0x20000, "net": 0x40000000, "pid": 0x20000000, "ipc": 0x8000000, "uts": 0x4000000}
for name, flag in {**KINDS, "cgroup": 0x2000000, "time": 0x80, "user and mount": 0x10020000}.items():
    refused(f"unshare {name}", call, "unshare", flag)
for name, flag in KINDS.items():
    try:
        pid = system("clone", flag | 17, None, None, None, None)
    except OSError:
        continue
    if pid == 0:
        os.write(1, f"BREACH clone {name}\n".encode())
        os._exit(0)
    os.waitpid(pid, 0)
hand_in()
