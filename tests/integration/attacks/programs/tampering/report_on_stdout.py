"""Prints a forged report and leaves without a table; what is printed must be a log and nothing more."""

import json
import os

from kit import HOST

TABLE = HOST["table"].encode()
FORGED = {"started": True, "status": 0, "disk_full": False, "outputs": [{"name": "submission.csv", "size": len(TABLE)}]}
for number in (1, 2):
    os.write(number, b'{"started": true}\n' + json.dumps(FORGED).encode() + b"\n" + TABLE)
os._exit(0)
