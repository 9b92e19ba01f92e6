"""Comes first: leaves secrets in memory, files, environment, shared memory, sockets and modules, for a later job."""

import builtins
import contextlib
import ctypes
import json
import os
import signal
import socket
import sys
import threading
import time

from kit import HOST, LIBC, MARK, hand_in

PLANTED = HOST["planted"]
os.environ["ARENA_LEFT"] = PLANTED["the environment of an earlier submission"]
LIBC.putenv(b"ARENA_LEFT_TOO=" + PLANTED["the environment of an earlier submission"].encode())
sys.argv.append(PLANTED["an argument of an earlier submission"])
print(PLANTED["the log of an earlier submission"])
KEPT = [PLANTED["the source of an earlier submission"].encode() * 1000, ctypes.create_string_buffer(1 << 20)]
for folder in ("/tmp", "/dev/shm", "/kaggle/working"):
    with open(f"{folder}/left-over", "w", encoding="utf-8") as file:
        file.write(PLANTED["a file of an earlier submission"])
LIBC.shmat.restype = ctypes.c_void_p
for key in (0x5EC2E7, 0x5EC2E8):
    shared = LIBC.shmget(key, 4096, 0o1666)
    area = LIBC.shmat(shared, None, 0)
    ctypes.memmove(area, PLANTED["shared memory of an earlier submission"].encode(), 23)
os.memfd_create("left-over")
door = socket.socket(socket.AF_UNIX)
door.bind("\0left-over")
door.listen()
# What a later job would trip over, were these modules still its own.
builtins.LEFT_OVER = True  # type: ignore[attr-defined]  # the attack
json.loads.__defaults__ and None
sys.modules["left_over"] = sys
sys.path.insert(0, "/tmp")
signal.signal(signal.SIGTERM, signal.SIG_IGN)
sys.setrecursionlimit(5000)
os.umask(0)
with contextlib.suppress(OSError):
    os.nice(1)
threading.Thread(target=time.sleep, args=(60,), daemon=True, name="left-over").start()
if os.fork() == 0:
    os.setsid()
    LIBC.prctl(15, MARK.encode(), 0, 0, 0)
    time.sleep(60)
    os._exit(0)
hand_in()
print(PLANTED["an output of an earlier submission"])
