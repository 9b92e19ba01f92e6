"""Searches every byte of its own memory for the host's paths, the grader's environment, answers and earlier jobs."""

from kit import hand_in, must, regions, report_leaks

total = 0
for line, data in regions():
    report_leaks(f"memory at {line}", data)
    total += len(data)
must("memory was read", hold=total > 4 << 20)
hand_in()
