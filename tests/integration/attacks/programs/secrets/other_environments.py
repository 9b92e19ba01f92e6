"""Reads the environment and the command line of every process that it sees; none may hold the grader's secrets."""

import contextlib
import os

from kit import hand_in, report_leaks

for pid in (name for name in os.listdir("/proc") if name.isdigit()):
    for part in ("environ", "cmdline"):
        with contextlib.suppress(OSError), open(f"/proc/{pid}/{part}", "rb") as file:
            report_leaks(f"/proc/{pid}/{part}", file.read())
hand_in()
