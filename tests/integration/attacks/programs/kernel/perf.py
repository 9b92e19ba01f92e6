"""Measures the machine through performance counters and probes; it must be refused."""

import ctypes

from kit import hand_in, refused, room, system

attributes = room(128)
ctypes.c_uint32.from_buffer(attributes, 0).value = 1
ctypes.c_uint32.from_buffer(attributes, 4).value = 128
for pid, processor in ((0, -1), (-1, 0), (1, -1)):
    refused(f"perf of {pid}", system, "perf_event_open", attributes, pid, processor, -1, 0)
hand_in()
