"""Gives its table a second name, through which it could change after it was judged; it must be refused."""

import os

from kit import HOST

with open("/kaggle/working/real.csv", "w", encoding="utf-8") as file:
    file.write(HOST["table"])
os.link("/kaggle/working/real.csv", "/kaggle/working/submission.csv")
