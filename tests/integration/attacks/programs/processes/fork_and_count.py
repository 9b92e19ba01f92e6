"""Forks until it is refused and counts; there may be no more processes than the limit says."""

import signal

from kit import children, hand_in, must

made = children(500, signal.pause)
must(f"{len(made)} processes", hold=len(made) < 40)
hand_in()
