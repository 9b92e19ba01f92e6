"""Plants sitecustomize.py and usercustomize.py, which interpreters import at their start; it must be refused."""

import sys

from kit import HOST, hand_in, planted, refused

for folder in {HOST["site"], HOST["stdlib"], *(path for path in sys.path if path.startswith("/"))}:
    for name in ("sitecustomize.py", "usercustomize.py", "_virtualenv.py"):
        refused(f"{name} in {folder}", planted, f"{folder}/{name}")
refused("pyvenv.cfg", planted, f"{HOST['prefix']}/pyvenv.cfg")
hand_in()
