"""Leaves files whose names hold line breaks, escapes, direction marks and bytes that are no text; nothing may trip."""

import os

from kit import hand_in

hand_in()
for name in (
    b"a\nb",
    b"\x1b[2Jred",
    b"\xff\xfe",
    "\u202etxt.csv".encode(),
    b"-rf",
    b"submission.csv\n",
    b" ",
    b"x" * 255,
):
    os.close(os.open(b"/kaggle/working/" + name, os.O_WRONLY | os.O_CREAT))
