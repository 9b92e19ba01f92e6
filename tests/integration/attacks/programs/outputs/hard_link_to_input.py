"""Gives an input, the interpreter and an account file second names among its outputs; all must be refused."""

import os

from kit import HOST, refused

for path in (
    f"{os.environ['ARENA_INPUT']}/sample_submission.csv",
    HOST["python"],
    "/etc/passwd",
    "/kaggle/src/main.py",
):
    refused(f"link {path}", os.link, path, "/kaggle/working/submission.csv")
