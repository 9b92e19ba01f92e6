"""Lists the top folders and those of submissions; nothing may stand there that a job is not given."""

import contextlib
import os

from kit import HOST, hand_in, must, refused, text

GIVEN = {"arena", "bin", "dev", "etc", "kaggle", "lib", "lib32", "lib64", "libx32", "proc", "sbin", "tmp", "usr"}
must(f"top folders {os.listdir('/')}", hold=set(os.listdir("/")) <= GIVEN | set(HOST["top"]) | {"host"})
must(f"/kaggle {os.listdir('/kaggle')}", hold=set(os.listdir("/kaggle")) <= {"input", "src", "working"})
must("one task's inputs", hold=len(os.listdir("/kaggle/input")) == 1)
must("own files only", hold=set(os.listdir("/kaggle/src")) <= {"main.py", "kit.py", "host.json", "__pycache__"})
# The host's root hangs there until a job begins; afterwards it is a name and nothing more.
if os.path.exists("/host"):
    must("/host is a mount", hold=os.stat("/host").st_dev == os.stat("/").st_dev)
    with contextlib.suppress(PermissionError):
        must("/host holds something", hold=os.listdir("/host") == [])
    refused("through /host", text, "/host/etc/passwd")
    with open("/proc/self/mountinfo", encoding="utf-8") as file:
        must("something is mounted at /host", hold=not [line for line in file if line.split()[4].startswith("/host")])
for name in ("oldroot", "old_root", ".oldroot", "put_old", "newroot", "sys", "run", "proc/1/root/etc"):
    must(f"/{name}", hold=not os.path.exists(f"/{name}"))
hand_in()
