"""Sleeps for ever after it left a good table; it must end when its time is over, without a score."""

import time

from kit import hand_in

hand_in()
while True:
    time.sleep(3600)
