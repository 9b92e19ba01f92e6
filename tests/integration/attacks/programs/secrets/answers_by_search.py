"""Reads every data file that it can reach, installed packages' data sets included; no answer may be among them."""

import contextlib

from kit import HOST, files_below, hand_in, must, opened, report_leaks

ENDS = (".csv", ".json", ".txt", ".gz", ".pkl", ".npy", ".parquet", ".toml", ".md")
seen = 0
for path in files_below(["/kaggle", "/arena", "/etc", "/tmp", "/dev/shm", "/usr/share", HOST["prefix"]]):
    if path.endswith(ENDS) or not path.startswith("/usr"):
        with contextlib.suppress(OSError), open(path, "rb") as file:
            report_leaks(path, file.read(1 << 22))
            seen += 1
must("files to search", hold=seen > 20 and opened("/kaggle/src/main.py"))
hand_in()
