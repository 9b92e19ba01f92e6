"""Closes and replaces its standard streams by files, pipes and each other; the grader must neither hang nor fail."""

import os

from kit import hand_in

hand_in()
read, write = os.pipe()
os.dup2(read, 0)
os.dup2(write, 2)
os.close(1)
os.open("/kaggle/working/own.log", os.O_WRONLY | os.O_CREAT)
os.closerange(3, 1024)
