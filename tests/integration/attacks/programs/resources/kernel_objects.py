"""Takes watches, timers, event counters and semaphores by the thousand; they are bounded or count as memory."""

import contextlib
import ctypes
import os
import select

from kit import LIBC, hand_in, room

held = []
with contextlib.suppress(OSError):
    for _ in range(300):
        held.append(select.epoll())
with contextlib.suppress(OSError):
    for _ in range(200):
        held.append(os.eventfd(0))
watcher = LIBC.inotify_init()
for number in range(2000):
    os.mkdir(f"/tmp/watched{number}")
    LIBC.inotify_add_watch(watcher, f"/tmp/watched{number}".encode(), 0xFFF)
for _ in range(5000):
    if LIBC.timer_create(0, None, room(8)) != 0:
        break
for _ in range(100):
    if LIBC.semget(0, 32, 0o1600) == -1:
        break
assert ctypes
hand_in()
