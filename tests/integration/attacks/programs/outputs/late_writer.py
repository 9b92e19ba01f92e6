"""Lets a daemon spoil the table shortly after its own end; the daemon must be dead before the table is read."""

import os
import time

from kit import hand_in

hand_in()
if os.fork() == 0:
    os.setsid()
    time.sleep(0.2)
    hand_in("spoiled")
    time.sleep(60)
