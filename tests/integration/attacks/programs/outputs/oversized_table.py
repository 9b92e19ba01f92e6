"""Leaves a table larger than the largest that is read; it must be refused by its size."""

import os

os.truncate(os.open("/kaggle/working/submission.csv", os.O_WRONLY | os.O_CREAT), 100 << 20)
