"""The launcher that forks every job from a server that has imported the runtime's packages already.

The server is started with a clean environment and never holds a secret; see ``enter.py`` for its walls and
``guest/server.py`` for its work. It takes one job after the other, is recycled after a batch, and is started anew when
it is gone.
"""

import contextlib
import functools
import json
import os
import random
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import arena
from arena.model.protection import BASE, FILES
from arena.sandbox import seccomp
from arena.sandbox.cgroup import group_for, limits_in_force
from arena.sandbox.frames import ReportReader
from arena.sandbox.interface import Finished, Job, Mount, SandboxFailedError, SandboxUnavailableError
from arena.sandbox.runtime import Runtime
from arena.sandbox.supervise import Watch, input_file, pipe_from, pipe_to, tell
from arena.sandbox.view import (
    COVER,
    FREE_UIDS,
    GUEST,
    GUEST_SOURCE,
    HIDDEN_FOLDERS,
    SHM_BYTES,
    WORKING,
    View,
    dropped,
    environment,
    init_config,
    process_limits,
    refuse_unreadable,
    runtime_mounts,
    system_links,
    view_of,
)

# What programs of this field import first; what the runtime lacks is left out. Not onnxruntime, which starts a thread
# at its import: whoever needs it imports it after the fork, in a tenth of a second.
PRELOAD = (
    "numpy",
    "pandas",
    "sklearn.compose",
    "sklearn.ensemble",
    "sklearn.impute",
    "sklearn.linear_model",
    "sklearn.metrics",
    "sklearn.model_selection",
    "sklearn.pipeline",
    "sklearn.preprocessing",
    "lightgbm",
    "torch",
    "torch.utils.data",
)
# All jobs of one server share the layout of its memory. Starting one costs what a job's imports would.
_JOBS_PER_SERVER = 1000
_START_SECONDS = 120.0
_ANSWER_SECONDS = 10.0
_MAX_MESSAGE = 1 << 20
# Where a job's files may be mounted: empty in the server's view, and sealed before the job runs.
_SEALED = ("/kaggle", "/arena/job")
_SHM = "/dev/shm"  # noqa: S108 - the sandbox's own
_ROOMS = (_SHM, "/tmp", WORKING)  # noqa: S108 - the sandbox's own
_COVER = f"{GUEST}/{COVER}"
_INSIDE_UID = 1000
_ACCOUNTS = "root:x:0:0:root:/nonexistent:/usr/sbin/nologin\narena:x:{uid}:{uid}:submission:/tmp:/bin/sh\n"
_GROUP = "root:x:0:\narena:x:{uid}:\n"
# Where the job's account is the grader's, the kernel counts the server and whoever started that among its processes.
_SERVER_PROCESSES = 2
# How the outer process ends where a signal ended the server.
_SIGNALLED = range(256 - 64, 256)
_ENTER = "import sys; sys.path.insert(0, sys.argv[1]); from arena.sandbox.enter import main; main()"


class _GoneError(Exception):
    """The server is not there any more."""


@dataclass(frozen=True, slots=True)
class _JobProcess:
    """Process 1 of a job, a grandchild of ours."""

    server: "_Server"
    pidfd: int
    pid: int

    def end(self) -> None:
        """Kill it, and with it everything in its namespace."""
        with contextlib.suppress(ProcessLookupError):
            signal.pidfd_send_signal(self.pidfd, signal.SIGKILL)

    def reap(self, patience_s: float) -> float | None:
        """See ``Process``."""
        try:
            return float(self.server.hear(patience_s)[0]["cpu_s"])
        except _GoneError:
            return None


class _Server:
    """One fork server, from our side."""

    def __init__(
        self, process: subprocess.Popen[bytes], control: socket.socket, said: IO[bytes], *, uid: int, late: View
    ) -> None:
        self.process, self._control, self._said = process, control, said
        self.uid, self.late = uid, late
        self.jobs = 0
        try:
            ready, _ = self.hear(_START_SECONDS)
        except (_GoneError, SandboxFailedError) as error:
            reason = self.close() or "it says nothing"
            if self.process.returncode < 0 or self.process.returncode in _SIGNALLED:
                raise SandboxFailedError("sandbox.failed", detail="the fork server was killed") from error
            raise SandboxUnavailableError("sandbox.no_server", reason=reason) from error
        self.packages: tuple[str, ...] = tuple(ready["packages"])
        files = [Path(file) for file in ready["files"]]
        self._within = frozenset(str(path) for file in files for path in (file, *file.parents))
        self.resident_bytes = int(ready["bytes"])

    def hear(self, patience_s: float) -> tuple[dict[str, Any], list[int]]:
        """The next message, and the descriptors with it."""
        self._control.settimeout(patience_s)
        try:
            data, fds, _, _ = socket.recv_fds(self._control, _MAX_MESSAGE, 1)
        except TimeoutError as error:
            raise SandboxFailedError("sandbox.failed", detail="the fork server does not answer") from error
        except OSError as error:
            raise _GoneError from error
        if not data:
            raise _GoneError
        message: dict[str, Any] = json.loads(data)
        return message, fds

    def fork(self, fds: Sequence[int], ours: contextlib.ExitStack) -> _JobProcess:
        """Start a job's process 1, which waits for its configuration."""
        try:
            socket.send_fds(self._control, [b"j"], fds)
        except OSError as error:
            raise _GoneError from error
        _, (pidfd,) = self.hear(_ANSWER_SECONDS)
        ours.callback(os.close, pidfd)
        self.jobs += 1
        return _JobProcess(self, pidfd, _pid_of(pidfd))

    def holds(self, masks: Sequence[Path]) -> bool:
        """Whether something that a job must not see was imported, and so is in every job's memory."""
        return not self._within.isdisjoint(map(str, masks))

    def close(self) -> str:
        """End it and all that is in it; return what it said last."""
        self._control.close()
        try:
            self.process.wait(_ANSWER_SECONDS)
        except subprocess.TimeoutExpired:
            # Its child, the server, dies with it.
            self.process.kill()
            self.process.wait()
        with self._said as said:
            said.seek(0)
            return said.read().decode("utf-8", "replace").strip()[-400:]


def _pid_of(pidfd: int) -> int:
    with open(f"/proc/self/fdinfo/{pidfd}", encoding="ascii") as file:
        pid = next(int(line.split()[1]) for line in file if line.startswith("Pid:"))
    if pid <= 0:
        raise _GoneError
    return pid


class WarmLauncher:
    """Forks each job from a warm server; ``private`` are folders that no job may look into.

    One job at a time: a second thread waits. Whoever is done calls ``close``; a grader that dies takes the
    server along.
    """

    def __init__(
        self,
        *,
        runtime: Runtime,
        private: tuple[Path, ...] = (),
        preload: Sequence[str] = PRELOAD,
        jobs_per_server: int = _JOBS_PER_SERVER,
    ) -> None:
        self.runtime, self.private, self.preload = runtime, private, tuple(preload)
        self._jobs_per_server = jobs_per_server
        self._server: _Server | None = None
        self._turn = threading.Lock()

    @property
    def name(self) -> str:
        """As reports show it."""
        return "warm"

    @functools.cached_property
    def protections(self) -> tuple[str, ...]:
        """What is in force for every job."""
        return (*BASE, FILES, *limits_in_force(), *dropped())

    def run(self, job: Job) -> Finished:
        """Run a job to its end (see ``Launcher``)."""
        if os.getuid() == 0:
            refuse_unreadable([*job.mounts, Mount(source=GUEST_SOURCE, target=GUEST), *runtime_mounts(self.runtime)])
        with self._turn:
            try:
                return self._run_or_end(job)
            except _GoneError:
                pass  # Gone before the job began, so nothing of the job was lost: once more, with a new one.
            try:
                return self._run_or_end(job)
            except _GoneError as error:
                raise SandboxFailedError("sandbox.failed", detail="the fork server does not stay") from error

    def _run_or_end(self, job: Job) -> Finished:
        try:
            return self._run(job, self._ready(job))
        except BaseException:
            # Whatever it was, an answer to this job must not be taken for one to the next.
            self._end_server()
            raise

    def close(self) -> None:
        """End the server. The next job starts another one."""
        with self._turn:
            self._end_server()

    def _end_server(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None

    def _ready(self, job: Job) -> _Server:
        if self._server is not None and (self._server.jobs >= self._jobs_per_server or self._server.holds(job.masks)):
            self._end_server()
        if self._server is None:
            self._server = self._start(self.preload)
            if self._server.holds(job.masks):
                self._end_server()
                self._server = self._start(())
        return self._server

    def _run(self, job: Job, server: _Server) -> Finished:
        config = json.dumps(self._job_config(job, server)).encode() + b"\n"
        with contextlib.ExitStack() as ours:
            group = group_for(job.budget, ours)
            with contextlib.ExitStack() as theirs:
                log_read, log_write = pipe_from(theirs, to=ours)
                report_read, report_write = pipe_from(theirs, to=ours)
                config_write, config_read = pipe_to(theirs, of=ours)
                stdin = [input_file(job.stdin, theirs)] if job.stdin else []
                process = server.fork([log_write, report_write, config_read, *stdin], ours)
            watch = Watch(
                process=process,
                log_fd=log_read,
                report_fd=report_read,
                budget=job.budget,
                reader=ReportReader(max_bytes=job.output_max_bytes),
                hold=job.hold,
                go_fd=config_write,
                group=group,
                preloaded_bytes=server.resident_bytes,
            )
            with contextlib.suppress(BrokenPipeError, ProcessLookupError):  # Dead already: the watch finds out why.
                tell(config_write, config)
                if group is not None:
                    # Before it may begin: all that the job will ever start is in the group too.
                    group.add(process.pid)
                tell(config_write, b"grouped\n")
            return watch.to_the_end()

    def _start(self, preload: Sequence[str]) -> _Server:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        said = tempfile.TemporaryFile()  # noqa: SIM115 - the server's, to its end
        uid = random.choice(FREE_UIDS) if os.getuid() == 0 else _INSIDE_UID  # noqa: S311 - guards nothing
        view = view_of(self.runtime, (), (), self.private)
        with theirs:
            config = json.dumps(self._server_config(view, preload, uid, theirs.fileno()))
            process = subprocess.Popen(
                [sys.executable, "-I", "-S", "-B", "-c", _ENTER, str(Path(arena.__file__).parents[1])],
                stdin=subprocess.PIPE,
                stdout=said,
                stderr=said,
                pass_fds=[theirs.fileno()],
                env={},
                cwd="/",
                start_new_session=True,
            )
        with contextlib.suppress(BrokenPipeError), process.stdin or contextlib.nullcontext() as stdin:
            if stdin is not None:
                stdin.write(config.encode())
        # A runtime below the host's /tmp lies in one of the job's own rooms, and is shown there anew for each.
        late = View(
            binds=tuple(mount for mount in view.binds if _in_room(mount.target)),
            masks=tuple(mask for mask in view.masks if _in_room(str(mask))),
            cover=view.cover,
        )
        return _Server(process, ours, said, uid=uid, late=late)

    def _server_config(self, view: View, preload: Sequence[str], uid: int, control_fd: int) -> dict[str, object]:
        """See ``enter``."""
        files = {"/etc/passwd": _ACCOUNTS.format(uid=uid), "/etc/group": _GROUP.format(uid=uid)}
        command = [str(self.runtime.python), "-s", "-P", "-B", "-m", "arena_guest.server"]
        told = {"control_fd": control_fd, "preload": list(preload)}
        return {
            "binds": [
                [os.path.realpath(mount.source), mount.target] for mount in view.binds if mount.target not in files
            ],
            "links": system_links(),
            "hidden": list(HIDDEN_FOLDERS),
            "masks": list(map(str, view.masks)),
            "cover": _COVER,
            "places": [*_ROOMS[:2], *_SEALED],
            "scratch": _ROOMS[:2],
            "files": files,
            "control_fd": control_fd,
            "command": [*command, json.dumps(told)],
            "environment": environment(self.runtime, {}),
        }

    def _job_config(self, job: Job, server: _Server) -> dict[str, object]:
        """See ``server``."""
        limits = process_limits(job.budget)
        return {
            **init_config(job),
            "limits": {
                **limits,
                "RLIMIT_NPROC": limits["RLIMIT_NPROC"] + (_SERVER_PROCESSES if os.getuid() else 0),
                "RLIMIT_DATA": limits["RLIMIT_DATA"] + server.resident_bytes,
            },
            "module": job.module,
            "arguments": list(job.arguments),
            "environment": environment(self.runtime, job.environment),
            "mounts": [[os.path.realpath(mount.source), mount.target] for mount in (*server.late.binds, *job.mounts)],
            "masks": list(map(str, (*server.late.masks, *job.masks))),
            "cover": _COVER,
            "sealed": _SEALED,
            "nodes": [[str(node.source), node.target] for node in job.nodes],
            "rooms": [
                [room, min(job.budget.disk_bytes, SHM_BYTES if room == _SHM else sys.maxsize), job.budget.files]
                for room in _ROOMS
            ],
            "uid": server.uid,
            "filter": seccomp.of_this_machine().hex(),
        }


def _in_room(target: str) -> bool:
    """Whether a path inside lies where each job gets an empty folder of its own."""
    return any(Path(target).is_relative_to(room) for room in (*_ROOMS, *_SEALED))
