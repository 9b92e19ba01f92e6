"""Writes a forged report to every descriptor that it has or can open, then fails; it must count as failed."""

import contextlib
import json
import os

from kit import HOST

TABLE = HOST["table"].encode()
FORGED = json.dumps(
    {"status": 0, "disk_full": False, "outputs": [{"name": "submission.csv", "size": len(TABLE)}]}
).encode()
for number in range(3, 1024):
    with contextlib.suppress(OSError):
        os.write(number, b'{"started": true}\n' + FORGED + b"\n" + TABLE)
for pid in ("1", "self", str(os.getppid())):
    for number in range(3, 64):
        with contextlib.suppress(OSError):
            os.write(os.open(f"/proc/{pid}/fd/{number}", os.O_WRONLY | os.O_NONBLOCK), FORGED + b"\n" + TABLE)
os._exit(3)
