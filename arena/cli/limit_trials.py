"""Try every limit of a launcher by a program that passes it."""

import json
import tempfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from arena.model.budget import Budget
from arena.sandbox.interface import Finished, Job, Killed, KillReason, Launcher, Mount, SandboxFailedError

# Wide enough for Python itself, so that each program passes one of them alone.
_BUDGET = Budget(
    device="cpu",
    cpu_seconds=10,
    wall_seconds=10,
    memory_bytes=192 * 1024**2,
    processes=16,
    disk_bytes=4 * 1024**2,
    files=200,
    log_bytes=4096,
)
_SCRIPT = "/kaggle/src/main.py"
# What the kernel refuses to a program, which it tells by itself: more of each than the budget allows.
_INSIDE = """
import json, os, signal, time

def refused(action, times):
    try:
        for n in range(times):
            action(n)
    except OSError:
        return True
    return False

def fork(_):
    if (pid := os.fork()) == 0:
        time.sleep(30)
        os._exit(0)
    children.append(pid)

def write(n):
    with open(f"room-{n % 3}", "ab") as file:
        file.write(bytes(1 << 20))

children, opened = [], []
said = {"open-files": refused(lambda n: opened.append(os.open("/dev/null", os.O_RDONLY)), 5000)}
for fd in opened:
    os.close(fd)
said["processes"] = refused(fork, 200)
for pid in children:
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
said["files"] = refused(lambda n: open(f"file-{n}", "x").close(), 1000)
for name in os.listdir("."):
    os.remove(name)
said["disk"] = refused(write, 32)
for name in os.listdir("."):
    os.remove(name)
print(json.dumps(said))
"""
_WALL = "import time; time.sleep(30)"
_CPU = "while True: pass"
# Many processes, none of which has much: only who counts them together sees it.
_MEMORY = """
import os, time
for _ in range(6):
    if os.fork() == 0:
        held = bytearray(b"x") * (64 << 20)
        time.sleep(5)
        os._exit(0)
time.sleep(5)
"""
_LOG = "import os\nwhile True: os.write(1, bytes(65536))"

NAMES = ("wall", "cpu", "memory", "processes", "disk", "files", "open-files", "log")


def try_limits(launcher: Launcher) -> Mapping[str, bool]:
    """For each limit whether the launcher held it. One that could not be tried did not hold."""
    held = dict.fromkeys(NAMES, False)
    for name, source, budget, reason in (
        ("wall", _WALL, replace(_BUDGET, wall_seconds=0.3), KillReason.WALL),
        ("cpu", _CPU, replace(_BUDGET, cpu_seconds=0.3), KillReason.CPU),
        ("memory", _MEMORY, _BUDGET, KillReason.MEMORY),
        ("log", _LOG, _BUDGET, KillReason.LOG),
    ):
        ended = _run(launcher, source, budget)
        held[name] = ended is not None and ended.ending == Killed(reason)
    ended = _run(launcher, _INSIDE, _BUDGET)
    if ended is not None:
        held |= _said(ended.log)
    return held


def _said(log: bytes) -> dict[str, bool]:
    try:
        said = json.loads(log)
        return {name: said[name] is True for name in ("processes", "disk", "files", "open-files")}
    except (ValueError, KeyError, TypeError):
        return {}


def _run(launcher: Launcher, source: str, budget: Budget) -> Finished | None:
    with tempfile.NamedTemporaryFile(prefix="arena-trial-", suffix=".py") as file:
        file.write(source.encode())
        file.flush()
        Path(file.name).chmod(0o644)
        job = Job(
            module="program",
            arguments=(_SCRIPT,),
            mounts=(Mount(source=Path(file.name), target=_SCRIPT),),
            environment={},
            budget=budget,
            outputs=(),
            output_max_bytes=0,
        )
        try:
            return launcher.run(job)
        except SandboxFailedError:
            return None
