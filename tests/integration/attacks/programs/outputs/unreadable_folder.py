"""Takes away every right to the working folder; the grader must end the job all the same."""

import os

from kit import hand_in

hand_in()
os.chmod("/kaggle/working", 0)
