"""Starts threads until it is refused; their number counts as processes."""

import threading
import time

from kit import hand_in, must

made = 0
try:
    for _ in range(2000):
        threading.Thread(target=time.sleep, args=(20,), daemon=True).start()
        made += 1
except RuntimeError:
    pass
must(f"{made} threads", hold=made < 40)
hand_in()
