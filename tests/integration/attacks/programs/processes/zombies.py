"""Leaves as many dead children unreaped as it may; none may be left for the grader."""

import time

from kit import children, hand_in

made = children(200, lambda: None)
time.sleep(0.1)
assert made
hand_in()
