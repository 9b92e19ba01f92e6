"""Which system calls a job may make, and why. Everything else does not exist for it.

A call in ``DANGEROUS`` answers EPERM, so that libraries take their fallback; one in neither table answers ENOSYS, as on
an older kernel. Calls whose arguments matter stand in ``seccomp.py``. Names are Linux's own (``man 2 syscalls``).
"""

ALLOWED: dict[str, str] = {
    "read and write files and pipes": """
        read write readv writev pread64 pwrite64 preadv pwritev preadv2 pwritev2 lseek close close_range dup
        dup2 dup3 open openat openat2 creat pipe pipe2 fcntl flock fsync fdatasync sync_file_range sendfile
        splice tee vmsplice copy_file_range readahead fadvise64 fallocate truncate ftruncate""",
    "look at files": """
        stat fstat lstat newfstatat statx access faccessat faccessat2 readlink readlinkat getdents getdents64
        statfs fstatfs getxattr lgetxattr fgetxattr listxattr llistxattr flistxattr getcwd chdir fchdir umask""",
    "change files, in the job's own places": """
        rename renameat renameat2 mkdir mkdirat rmdir link linkat unlink unlinkat symlink symlinkat chmod fchmod
        fchmodat chown fchown lchown fchownat utime utimes utimensat futimesat setxattr lsetxattr fsetxattr
        removexattr lremovexattr fremovexattr mknod mknodat sync syncfs""",
    "watch descriptors": """
        poll ppoll select pselect6 epoll_create epoll_create1 epoll_ctl epoll_wait epoll_pwait epoll_pwait2
        eventfd eventfd2 signalfd signalfd4 timerfd_create timerfd_settime timerfd_gettime inotify_init
        inotify_init1 inotify_add_watch inotify_rm_watch""",
    "memory": """
        brk mmap munmap mremap mprotect madvise msync mincore mlock mlock2 munlock mlockall munlockall
        membarrier get_mempolicy memfd_create pkey_alloc pkey_free pkey_mprotect""",
    "start, run and end processes and threads": """
        fork vfork execve execveat exit exit_group wait4 waitid set_tid_address set_robust_list get_robust_list
        futex futex_waitv rseq arch_prctl prctl sched_yield sched_getaffinity sched_setaffinity sched_getparam
        sched_setparam sched_getscheduler sched_setscheduler sched_getattr sched_get_priority_max
        sched_get_priority_min sched_rr_get_interval getpriority setpriority getcpu setpgid getpgid getpgrp
        setsid getsid pidfd_open pidfd_send_signal landlock_create_ruleset landlock_add_rule
        landlock_restrict_self seccomp""",
    "signals and timers": """
        kill tkill tgkill rt_sigaction rt_sigprocmask rt_sigpending rt_sigsuspend rt_sigtimedwait rt_sigreturn
        rt_sigqueueinfo rt_tgsigqueueinfo sigaltstack restart_syscall pause alarm getitimer setitimer nanosleep
        clock_nanosleep clock_gettime clock_getres gettimeofday time times timer_create timer_settime
        timer_gettime timer_getoverrun timer_delete""",
    "know oneself and the machine": """
        getpid getppid gettid getuid geteuid getgid getegid getresuid getresgid getgroups uname sysinfo
        getrusage getrlimit setrlimit getrandom capget capset setuid setgid setresuid setresgid setreuid
        setregid setfsuid setfsgid""",
    "talk to one's own processes over local sockets (multiprocessing, DataLoader)": """
        socketpair bind connect listen accept accept4 getsockname getpeername getsockopt setsockopt shutdown
        sendto recvfrom sendmsg recvmsg sendmmsg recvmmsg""",
    "shared memory of System V, in the job's own namespace (OpenMP runtimes)": """
        shmget shmat shmdt shmctl semget semop semtimedop semctl""",
}

DANGEROUS: dict[str, str] = {
    "new walls, or doors in ours": """
        unshare setns mount umount2 pivot_root chroot move_mount open_tree fsopen fsconfig fsmount fspick
        mount_setattr""",
    "other processes' insides": """
        ptrace process_vm_readv process_vm_writev process_madvise process_mrelease kcmp pidfd_getfd
        migrate_pages move_pages perf_event_open""",
    "the kernel's own code and its larger doors": """
        bpf userfaultfd io_uring_setup io_uring_enter io_uring_register init_module finit_module delete_module
        kexec_load kexec_file_load open_by_handle_at name_to_handle_at lookup_dcookie modify_ldt memfd_secret
        uselib""",
    "the machine": """
        reboot swapon swapoff sethostname setdomainname settimeofday clock_settime clock_adjtime adjtimex acct
        quotactl quotactl_fd syslog ioperm iopl vhangup nfsservctl sysfs fanotify_init fanotify_mark""",
    "keys": "add_key request_key keyctl",
    "message queues": """
        mq_open mq_unlink mq_timedsend mq_timedreceive mq_notify mq_getsetattr msgget msgsnd msgrcv msgctl""",
    "identity and placement": "setgroups personality ioprio_set set_mempolicy mbind set_mempolicy_home_node",
}


def names(table: dict[str, str]) -> tuple[str, ...]:
    """Every name of a table, in order."""
    return tuple(name for group in table.values() for name in group.split())
