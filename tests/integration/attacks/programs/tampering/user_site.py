"""Plants modules in the user's own folder and starts a new interpreter; they must not reach the next job."""

import os
import site
import subprocess
import sys

from kit import hand_in

folder = site.getusersitepackages()
os.makedirs(folder, exist_ok=True)
for name in ("sitecustomize.py", "usercustomize.py"):
    with open(f"{folder}/{name}", "w", encoding="utf-8") as file:
        file.write("print('BREACH a planted module ran') if __import__('os').getpid() == 1 else None\n")
subprocess.run([sys.executable, "-c", "pass"], check=True, env={**os.environ, "HOME": "/tmp"})
hand_in()
