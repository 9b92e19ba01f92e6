"""Talks through message queues that the host's programs might share; none may be there."""

from kit import LIBC, hand_in, must, refused, room, system, text

refused("msgget", system, "msgget", 0x5EC2E7, 0o1600)
refused("mq_open", system, "mq_open", b"evil", 0o102, 0o600, None)
must("no queue of the host", hold=len(text("/proc/sysvipc/msg").splitlines()) <= 1)
must("no shared memory of the host", hold=len(text("/proc/sysvipc/shm").splitlines()) <= 1)
must("no semaphores of the host", hold=len(text("/proc/sysvipc/sem").splitlines()) <= 1)
assert (LIBC, room)
hand_in()
