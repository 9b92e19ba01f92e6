"""Makes itself more important than others: priority, real-time schedulers, input and output; all must be refused."""

import os

from kit import hand_in, refused, system

refused("priority", os.nice, -5)
for policy in (os.SCHED_FIFO, os.SCHED_RR):
    refused(f"scheduler {policy}", os.sched_setscheduler, 0, policy, os.sched_param(1))
refused("deadline scheduler", system, "sched_setattr", 0, bytes(56), 0)
refused("priority of input and output", system, "ioprio_set", 1, 0, 1 << 13)
hand_in()
