"""Names of what protects a machine from a job, as records list them and tasks demand them."""

BASE = ("namespaces", "seccomp", "no_network", "read_only_root", "no_new_privs", "rlimits")
# The kernel bounds how many files a job makes, not their bytes alone.
FILES = "files"
UID_DROP = "uid_drop"
MEMORY_GROUP, CPU_GROUP = "memory:cgroup", "cpu:cgroup"
MEMORY_POLLED, CPU_POLLED = "memory:polled", "cpu:polled"

# What a task may demand; that something is polled protects less, so nobody demands it.
DEMANDABLE = (*BASE, FILES, MEMORY_GROUP, CPU_GROUP, UID_DROP)
