"""Makes itself the parent of orphans and dies before them, many layers deep; none may be left."""

import os
import time

from kit import call, hand_in

hand_in()
for _ in range(12):
    call("prctl", 36, 1, 0, 0, 0)
    if os.fork():
        time.sleep(0.05)
        os._exit(0)
    os.setsid()
time.sleep(3600)
