"""Prints single bytes with pauses, so that a reader that waits for lines would never look at the clock."""

import os
import time

while True:
    os.write(1, b".")
    time.sleep(0.001)
