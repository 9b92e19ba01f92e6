"""``python -m arena_guest.server``: fork jobs from an interpreter that has imported the runtime's packages already.

Theory of operation. The server is process 1 of a sandbox that ``enter.py`` has built. It imports the packages with one
thread, says so, and waits. A job comes as one byte and its descriptors: its log, its report, a pipe with its
configuration, and its standard input where it has one. The server reads no configuration: it forks, in a process
namespace of the job's own, a process 1 that does, so nothing of a job ever is in the memory that later jobs are forked
from. It hands out that process's pidfd and, after its end, its CPU time. When the grader goes, its socket closes and
the server ends; with process 1 the kernel ends everything else in here.

Messages on the socket (SEQPACKET): ``{"packages", "bytes", "files"}`` once; then for each job ``{}`` with the pidfd,
and ``{"cpu_s"}``.

The configuration of a job is a line of JSON, what ``init`` needs and ``{module, arguments, environment, mounts:
[[source, target], …], masks, cover, rooms: [[folder, bytes, files], …], sealed: [folder, …], nodes: [[source,
target], …], uid, filter}``. A second line, ``grouped``, says that the process is in its control group, and a byte after
that is what ``init`` waits for.
"""

import contextlib
import gc
import importlib
import json
import os
import select
import signal
import socket
import sys
from typing import Any, NoReturn

from . import artifact, cases, entry, exercise, init, kernel, leave, metric, model, notebook, probe, program

_GUESTS = {
    "artifact": artifact,
    "cases": cases,
    "exercise": exercise,
    "metric": metric,
    "model": model,
    "notebook": notebook,
    "probe": probe,
    "program": program,
}
_HOST = "/arena/host"
_FOLDER_BYTES, _FOLDER_FILES = 1 << 20, 4096
_BROKEN = 125


def main() -> None:
    """Serve until the grader goes."""
    config = json.loads(sys.argv[1])
    control = socket.socket(fileno=config["control_fd"])
    own_processes = os.open("/proc/self/ns/pid", os.O_RDONLY | os.O_CLOEXEC)
    control.send(json.dumps(_preload(config["preload"])).encode())
    while True:
        data, fds, _, _ = socket.recv_fds(control, 1, 4)
        if not data:
            os._exit(0)
        _serve(control, own_processes, fds)


def _preload(names: list[str]) -> dict[str, Any]:
    """Import what is there; the child of a process with threads would find their locks held for ever."""
    imported = []
    for name in names:
        with contextlib.suppress(ImportError):
            importlib.import_module(name)
            imported.append(name)
    threads = len(os.listdir("/proc/self/task"))
    if threads != 1:
        raise SystemExit(f"{threads} threads run after the imports; one is needed to fork from")
    # Loads what the packages load at the first seeding.
    entry.seed_loaded(0)
    leave.forget_finalizers()
    # What is here stays here: no collection of a job's looks at it, or copies it by looking.
    gc.collect()
    gc.freeze()
    kernel.collapse_memory()
    files = sorted({file for module in list(sys.modules.values()) if (file := getattr(module, "__file__", None))})
    with open("/proc/self/statm", "rb") as file:
        resident = int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    return {"packages": imported, "bytes": resident, "files": files}


def _serve(control: socket.socket, own_processes: int, fds: list[int]) -> None:
    """Start one job and see it to its end."""
    kernel.unshare(kernel.CLONE_NEWPID)
    job = os.fork()
    if job == 0:
        try:
            control.close()
            os.close(own_processes)
            _run(*fds)
        except BaseException as error:
            os.write(2, f"the sandbox could not be built: {type(error).__name__}: {error}\n".encode())
        os._exit(_BROKEN)
    # What is forked next is in the server's own namespace again.
    kernel.setns(own_processes, kernel.CLONE_NEWPID)
    for fd in fds:
        os.close(fd)
    pidfd = os.pidfd_open(job)
    try:
        socket.send_fds(control, [b"{}"], [pidfd])
        poll = select.poll()
        poll.register(pidfd, select.POLLIN)
        poll.register(control, select.POLLIN)
        ready = [fd for fd, _ in poll.poll()]
        if pidfd not in ready:
            # Nothing is said to the server while a job runs: the grader is gone.
            os._exit(0)
    finally:
        os.close(pidfd)
    _, _, usage = os.wait4(job, 0)
    control.send(json.dumps({"cpu_s": usage.ru_utime + usage.ru_stime}).encode())


def _run(log: int, report: int, configuration: int, stdin: int | None = None) -> None:
    """In process 1 of the job: build its view, give up every privilege, start the user's process."""
    os.setsid()
    if stdin is not None:
        os.dup2(stdin, 0)
        os.close(stdin)
    os.dup2(log, 1)
    os.dup2(log, 2)
    # Nothing follows a line before it was acted upon, so what is buffered here is read here.
    with open(configuration, "rb", closefd=False) as file:
        config = json.loads(file.readline())
        _build(config)
        # The grader says so when this process is in the job's control group.
        if file.readline() != b"grouped\n":
            os._exit(_BROKEN)
    kernel.unshare(kernel.CLONE_NEWCGROUP)
    # Before the account is this one's: a process of the same account may look into one that is dumpable.
    kernel.set_dumpable(dumpable=False)
    kernel.drop_capabilities(config["uid"])
    kernel.set_dumpable(dumpable=False)
    kernel.install_filter(bytes.fromhex(config["filter"]))
    os.close(log)
    config["result_fd"], config["go_fd"] = report, configuration
    init.keep(config, _become)
    os._exit(0)


def _build(config: dict[str, Any]) -> None:
    """The job's own view: a copy of the server's, with the job's files, without the host's."""
    kernel.unshare(kernel.CLONE_NEWNS | kernel.CLONE_NEWIPC)
    # CUDA names its threads by way of /proc; the account inside may write nothing else there.
    kernel.mount_proc("/proc", writable=bool(config["nodes"]))
    if config["nodes"]:
        # A device's files and libraries have places of their own. In the root that all jobs share these are made as
        # empty files and folders; a device is mounted on one for this job alone.
        kernel.read_only("/", below=False, undo=True)
        for source, target in config["nodes"]:
            kernel.make_place(target)
            kernel.bind_device(_HOST + source, target)
    for folder in config["sealed"]:
        kernel.mount_tmpfs(folder, size=_FOLDER_BYTES, files=_FOLDER_FILES)
    for folder, size, files in config["rooms"]:
        os.makedirs(folder, exist_ok=True)
        kernel.mount_tmpfs(folder, size=size, files=files, mode=0o700, owner=config["uid"])
    for source, target in config["mounts"]:
        kernel.show(_HOST + source, target)
    for path in config["masks"]:
        kernel.cover(path, config["cover"])
    for folder in (*config["sealed"], "/"):
        kernel.read_only(folder, below=False)
    kernel.detach(_HOST)


def _become(config: dict[str, Any]) -> NoReturn:
    """In the user's process: run the guest as a fresh interpreter would, and end as one."""
    try:
        init.confine(config)
        kernel.set_dumpable(dumpable=True)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        os.environ.clear()
        os.environ.update(config["environment"])
        sys.argv = ["", *config["arguments"]]
        guest = _GUESTS[config["module"]]
    except OSError as error:
        os.write(2, f"the sandbox could not start the program: {error}\n".encode())
        os._exit(_BROKEN)
    config.clear()
    leave.run(guest.main)


if __name__ == "__main__":
    main()
