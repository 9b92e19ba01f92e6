"""Leaves start-up modules in the working folder and /tmp, where careless interpreters look; no one may run them."""

from kit import hand_in

HOOK = "import os\nos.write(1, b'BREACH a left module ran\\n')\nos._exit(0)\n"
for folder in ("/kaggle/working", "/tmp"):
    for name in ("sitecustomize", "usercustomize", "json", "os", "stat", "arena_guest", "resource", "ctypes"):
        with open(f"{folder}/{name}.py", "w", encoding="utf-8") as file:
            file.write(HOOK)
hand_in()
