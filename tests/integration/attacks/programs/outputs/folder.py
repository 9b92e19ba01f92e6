"""Leaves a deep folder as its table; it must be refused and cleaned up."""

import os

os.makedirs("/kaggle/working/submission.csv" + "/x" * 200)
