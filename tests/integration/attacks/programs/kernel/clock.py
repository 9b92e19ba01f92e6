"""Sets the clock to what it shows, and its speed; it must be refused."""

import time

from kit import hand_in, refused, room, system

refused("clock_settime", time.clock_settime, time.CLOCK_REALTIME, time.clock_gettime(time.CLOCK_REALTIME))
refused("settimeofday", system, "settimeofday", None, bytes(8))
refused("adjtimex", system, "adjtimex", room(256))
refused("clock_adjtime", system, "clock_adjtime", 0, room(256))
hand_in()
