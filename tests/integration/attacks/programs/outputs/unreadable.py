"""Takes away every right to its table; what cannot be read is no table."""

import os

from kit import hand_in

hand_in()
os.chmod("/kaggle/working/submission.csv", 0)
