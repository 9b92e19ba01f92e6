"""Ends while other threads still write the table and a child still runs; the end must be taken once."""

import os
import threading
import time

from kit import hand_in

hand_in()
for _ in range(8):
    threading.Thread(target=time.sleep, args=(30,)).start()
if os.fork() == 0:
    time.sleep(30)
os._exit(0)
