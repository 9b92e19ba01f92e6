"""Replaces itself by itself without end, so that no process stays what it was; it must end when its time is over."""

import os

os.execv("/bin/sh", ["sh", "-c", 'exec "$0" -c "$1" "$0" "$1"', "/bin/sh", 'exec "$0" -c "$1" "$0" "$1"'])
