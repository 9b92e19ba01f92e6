"""Climbs out of its folders with dots and links to reach the answers; every way must end inside."""

import os

from kit import HOST, hand_in, refused, text

answers = HOST["paths"]["answers"][::-1]
for start in ("/kaggle/src", os.environ["ARENA_INPUT"], "/kaggle/working", "/tmp", "/proc/self/cwd", "/proc/self/root"):
    refused(f"climb from {start}", text, start + "/.." * 30 + answers)
os.symlink(answers, "/kaggle/working/way")
refused("through a link", text, "/kaggle/working/way")
hand_in()
