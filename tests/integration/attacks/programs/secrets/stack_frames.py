"""Climbs its own stack for the harness's variables; the frames above may hold nothing of the host."""

import sys
from types import FrameType

from kit import hand_in, must, report_leaks

frame: FrameType | None = sys._getframe()
depth = 0
while frame is not None:
    report_leaks(f"frame {frame.f_code.co_name}", repr(frame.f_locals).encode("utf-8", "replace"))
    report_leaks(f"globals of {frame.f_code.co_name}", repr(list(frame.f_globals.items())).encode("utf-8", "replace"))
    frame, depth = frame.f_back, depth + 1
must("there are frames", hold=depth >= 1)
hand_in()
