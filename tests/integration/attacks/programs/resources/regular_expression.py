"""Matches a pattern that takes exponential time and lets no signal handler run; its time must end it."""

import re

re.match(r"(a+)+$", "a" * 64 + "b")
