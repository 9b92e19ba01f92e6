"""What this system is, as far as it decides which advice helps. Nothing here says whether something works."""

import os
import platform
import re
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

import arena
from arena.cli.scope import delegated_controllers, has_user_manager

SETTINGS = (
    "kernel.apparmor_restrict_unprivileged_userns",
    "kernel.unprivileged_userns_clone",
    "user.max_user_namespaces",
)
_VERSION = re.compile(r"(\d+)\.(\d+)")
_PATIENCE_SECONDS = 10
_TRIAL = "import sys; sys.path.insert(0, sys.argv[1]); from arena.cli.system import try_namespaces; try_namespaces()"


class Step(Enum):
    """What a sandbox needs of the kernel, in the order in which it is asked."""

    USER = "user"  # a user namespace, in which an ordinary account may do the rest
    MOUNTS = "mounts"
    PROC = "proc"  # of its own, in a namespace of processes


@dataclass(frozen=True, slots=True, kw_only=True)
class System:
    """The surroundings of the grader.

    ``refused`` is the first step of a sandbox that the kernel refuses to this account; ``controllers`` are those that
    systemd delegates to it; ``settings`` are kernel settings that forbid things, where they are there.
    """

    uid: int = 1000
    kernel: tuple[int, int] = (6, 0)
    distribution: frozenset[str] = frozenset()
    github: bool = False
    container: bool = False
    settings: Mapping[str, str]
    refused: Step | None = None
    systemd: bool = False
    unified: bool = False
    user_manager: bool = False
    controllers: frozenset[str] = frozenset()


def look(environment: Mapping[str, str] | None = None, root: Path = Path("/")) -> System:
    """Look around."""
    env = os.environ if environment is None else environment
    version = _VERSION.match(platform.release())
    manager = has_user_manager(env)
    return System(
        uid=os.getuid() if hasattr(os, "getuid") else -1,
        kernel=(int(version[1]), int(version[2])) if version else (0, 0),
        distribution=_distribution(root / "etc" / "os-release"),
        github=env.get("GITHUB_ACTIONS") == "true",
        container=any((root / name).exists() for name in (".dockerenv", "run/.containerenv")) or "container" in env,
        settings={name: text for name in SETTINGS if (text := _setting(root, name)) is not None},
        refused=_refused(),
        systemd=(root / "run/systemd/system").is_dir(),
        unified=(root / "sys/fs/cgroup/cgroup.controllers").exists(),
        user_manager=manager,
        controllers=delegated_controllers() if manager else frozenset(),
    )


def _distribution(path: Path) -> frozenset[str]:
    """The distribution's own name and those that it is like (see os-release(5))."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError:
        return frozenset()
    fields = dict(line.split("=", 1) for line in lines if "=" in line)
    return frozenset(" ".join(fields.get(name, "").strip("\"'") for name in ("ID", "ID_LIKE")).split())


def _setting(root: Path, name: str) -> str | None:
    try:
        return (root / "proc/sys" / name.replace(".", "/")).read_text(encoding="ascii").strip()
    except OSError:
        return None


def _refused() -> Step | None:
    """The first step that a process of this account is refused, found by trying them in one."""
    if sys.platform != "linux":
        return None
    command = [sys.executable, "-I", "-S", "-B", "-c", _TRIAL, str(Path(arena.__file__).parents[1])]
    try:
        tried = subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=_PATIENCE_SECONDS, check=False
        )
    except (OSError, subprocess.SubprocessError):
        return None
    said = tried.stdout.strip()
    return Step(said) if said in {step.value for step in Step} else None


def try_namespaces() -> None:
    """Print the first step that is refused. It changes its process's namespaces, so that must be one of its own."""
    from arena.sandbox.guest import kernel

    step = Step.USER
    try:
        if os.getuid() != 0:
            _own_users(kernel.CLONE_NEWUSER)
        step = Step.MOUNTS
        kernel.unshare(kernel.CLONE_NEWNS | kernel.CLONE_NEWPID | kernel.CLONE_NEWNET | kernel.CLONE_NEWIPC)
        kernel.make_private()
        step = Step.PROC
        if (child := os.fork()) == 0:
            try:
                kernel.mount_proc("/proc")
            except OSError:
                os._exit(1)
            os._exit(0)
        if os.waitpid(child, 0)[1] == 0:
            return
    except OSError:
        pass
    sys.stdout.write(step.value)


def _own_users(flag: int) -> None:
    from arena.sandbox.guest import kernel

    uid, gid = os.getuid(), os.getgid()
    kernel.unshare(flag)
    for name, text in (("setgroups", "deny"), ("uid_map", f"0 {uid} 1"), ("gid_map", f"0 {gid} 1")):
        Path("/proc/self", name).write_text(text, encoding="ascii")
