"""Changes limits, priority, scheduler and processors of process 1; it must be refused."""

import os
import resource

from kit import hand_in, must, refused

refused("limit", resource.prlimit, 1, resource.RLIMIT_CPU, (1, 1))
refused("look at limits", resource.prlimit, 1, resource.RLIMIT_NOFILE)
before = os.getpriority(os.PRIO_PROCESS, 1)
refused("raise", os.setpriority, os.PRIO_PROCESS, 1, before - 1)
refused("scheduler", os.sched_setscheduler, 1, os.SCHED_FIFO, os.sched_param(10))
must("its priority", hold=os.getpriority(os.PRIO_PROCESS, 1) == before)
hand_in()
