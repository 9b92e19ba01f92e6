"""Looks at every object that the collector knows for secrets of the host or of earlier jobs."""

import gc

from kit import hand_in, must, report_leaks

# What a server froze before it forked is hidden from the collector until it is thawed.
gc.unfreeze()
objects = gc.get_objects()
must("objects were seen", hold=len(objects) > 1000)
for each in objects:
    if isinstance(each, dict | list | tuple | set | frozenset):
        values = [*each.keys(), *each.values()] if isinstance(each, dict) else list(each)
        for value in values:
            if isinstance(value, str | bytes):
                report_leaks("an object", value if isinstance(value, bytes) else value.encode("utf-8", "replace"))
hand_in()
