"""Recurses without end in Python and in C; the process may crash, nothing else may."""

import json
import sys

sys.setrecursionlimit(1 << 30)
text = "[" * 10_000_000
json.loads(text)
