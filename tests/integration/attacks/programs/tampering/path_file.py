"""Plants a .pth file, which every interpreter runs at its start; it must be refused everywhere."""

import site
import sys

from kit import HOST, hand_in, planted, refused

for folder in {HOST["site"], *site.getsitepackages(), *(path for path in sys.path if path.startswith("/"))}:
    if not folder.startswith("/kaggle/working"):
        refused(f".pth in {folder}", planted, f"{folder}/evil.pth", "import os\n")
hand_in()
