"""Takes processors: asks for all that there are and pins itself; it may, and no other process may be moved."""

import os

from kit import hand_in, refused

own = os.sched_getaffinity(0)
os.sched_setaffinity(0, {min(own)})
os.sched_setaffinity(0, range(1024))
refused("processors of process 1 beyond its own", os.sched_setaffinity, 1, {5000})
hand_in()
