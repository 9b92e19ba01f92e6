"""Prints without end; it must be ended for that, and only the beginning and the end of it be kept."""

import os

LINE = b"x" * 4095 + b"\n"
while True:
    os.write(1, LINE)
