"""Leaves a named pipe as its table; the grader must not wait for a writer."""

import os

os.mkfifo("/kaggle/working/submission.csv")
