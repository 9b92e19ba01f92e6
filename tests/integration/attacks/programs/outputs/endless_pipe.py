"""Leaves a named pipe into which a daemon writes for ever; the grader must not read on for ever."""

import os

os.mkfifo("/kaggle/working/submission.csv")
if os.fork() == 0:
    os.setsid()
    with open("/kaggle/working/submission.csv", "w", encoding="utf-8") as file:
        while True:
            file.write("x" * 4096)
