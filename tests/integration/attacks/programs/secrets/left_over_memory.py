"""After another's job through the same launcher: searches its own memory for that job's source, files and output."""

import gc

from kit import hand_in, must, regions, report_leaks

total = 0
for line, data in regions():
    report_leaks(f"memory at {line}", data)
    total += len(data)
must("memory was read", hold=total > 4 << 20)
gc.unfreeze()
for each in gc.get_objects():
    if isinstance(each, dict):
        report_leaks("an object", repr([value for value in each.values() if isinstance(value, str)]).encode())
hand_in()
