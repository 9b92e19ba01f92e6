"""The sandbox's walls, tried from inside by a hostile program and looked at from the host."""

import json
import os
import re
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from arena.model.outcome import Outcome
from arena.sandbox import tree
from tests.integration.conftest import PROGRAMS, Arena, each_launcher, guess, table

pytestmark = [pytest.mark.sandbox, each_launcher]

_CORE_PATTERN = Path("/proc/sys/kernel/core_pattern")


@dataclass(frozen=True, slots=True)
class Doors:
    """Sockets of the host that would answer."""

    tcp: socket.socket
    udp: socket.socket
    by_path: socket.socket
    by_name: socket.socket
    path: Path
    name: str

    def knock(self) -> None:
        """Come through all of them, as a program without walls would."""
        for door, kind in ((self.tcp, socket.SOCK_STREAM), (self.udp, socket.SOCK_DGRAM)):
            with socket.socket(socket.AF_INET, kind) as plug:
                plug.connect(door.getsockname())
                plug.send(b"out")
        for address in (str(self.path), f"\0{self.name}"):
            with socket.socket(socket.AF_UNIX) as plug:
                plug.connect(address)

    def arrived(self) -> list[str]:
        """Which of them something came through."""
        found = []
        for name in ("tcp", "udp", "by_path", "by_name"):
            door: socket.socket = getattr(self, name)
            door.settimeout(0)
            try:
                door.recv(64) if name == "udp" else door.accept()[0].close()
            except BlockingIOError:
                continue
            found.append(name)
        return found


@pytest.fixture
def doors(tmp_path: Path) -> Iterator[Doors]:
    """Listening sockets of every kind that a program could try."""
    path, name = Path(f"/tmp/arena-test-{os.getpid()}.sock"), f"arena-test-{os.getpid()}"
    made = Doors(
        tcp=socket.create_server(("127.0.0.1", 0)),
        udp=socket.socket(socket.AF_INET, socket.SOCK_DGRAM),
        by_path=socket.socket(socket.AF_UNIX),
        by_name=socket.socket(socket.AF_UNIX),
        path=path,
        name=name,
    )
    made.udp.bind(("127.0.0.1", 0))
    made.by_path.bind(str(path))
    made.by_path.listen()
    made.by_name.bind(f"\0{name}")
    made.by_name.listen()
    del tmp_path
    try:
        yield made
    finally:
        for door in (made.tcp, made.udp, made.by_path, made.by_name):
            door.close()
        path.unlink()


def test_every_wall_holds(arena: Arena, doors: Doors, runtime: Path) -> None:
    """Network, files, processes and privileges of the host are out of reach, and nothing of it changes."""
    before = _CORE_PATTERN.read_bytes()
    secret = arena.root / ".arena" / "secret"
    secret.write_text("not yours", encoding="ascii")
    prefixes = {Path(part) for part in (sys.base_prefix, runtime.parent.parent)}
    host = {
        "tcp": doors.tcp.getsockname()[1],
        "udp": doors.udp.getsockname()[1],
        "unix": str(doors.path),
        "abstract": doors.name,
        "python": str(runtime),
        "prefix": str(runtime.parent.parent),
        "top": sorted({prefix.parts[1] for prefix in prefixes}),
        "files": [str(secret), str(arena.vault), str(arena.root), "/etc/shadow", "/etc/hostname", "/root/.ssh", "/sys"],
    }
    arena.hand("walls/host.json", json.dumps(host))
    folder = arena.hand("walls/main.py", (PROGRAMS / "walls.py").read_text(encoding="utf-8")).parent
    ended = arena.grade(folder)
    assert ended.outcome is Outcome.NO_PREDICTIONS, ended.log
    told = json.loads(ended.log)
    assert {name: said for name, said in told.items() if said != "held"} == {}
    assert len(told) > 60
    assert doors.arrived() == []
    doors.knock()
    assert doors.arrived() == ["tcp", "udp", "by_path", "by_name"], "the doors do not work, so the test shows nothing"
    assert _CORE_PATTERN.read_bytes() == before


def _processes(mark: str) -> dict[int, int]:
    """Processes of the host whose command line holds ``mark``, with the uid that they have there."""
    found = {}
    for path in Path("/proc").glob("[0-9]*"):
        try:
            if mark.encode() in (path / "cmdline").read_bytes():
                found[int(path.name)] = path.stat().st_uid
                status = (path / "status").read_text(encoding="utf-8", errors="replace")
                found[int(path.name)] = int(re.findall(r"^Uid:\t(\d+)", status, re.MULTILINE)[0])
        except (FileNotFoundError, ProcessLookupError):
            continue
    return found


def _parent(pid: int) -> int:
    status = Path("/proc", str(pid), "status").read_text(encoding="utf-8", errors="replace")
    return int(re.findall(r"^PPid:\t(\d+)", status, re.MULTILINE)[0])


def _await(what: Callable[[], bool], seconds: float = 10) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if what():
            return True
        time.sleep(0.02)
    return what()


@pytest.fixture
def mark() -> str:
    """The argument of a ``sleep`` that nobody else on this machine has."""
    return f"{3600 + os.getpid()}.{time.monotonic_ns() % 10**9:09d}"


def test_root_is_given_up_before_the_sandbox_starts(arena: Arena, mark: str) -> None:
    """As root, every process of a running sandbox has another uid than 0 on the host."""
    if os.getuid() != 0:
        pytest.skip("only root has a uid to give up; this is uid " + str(os.getuid()))
    source = f"import subprocess; subprocess.run(['sleep', '{mark}'])"
    ended: list[Outcome] = []
    grading = threading.Thread(target=lambda: ended.append(arena.program(source, wall_seconds=3).outcome))
    grading.start()
    try:
        assert _await(lambda: len(_processes(f"sleep\0{mark}")) == 1)
        sleeping = _processes(f"sleep\0{mark}")
        assert set(sleeping.values()) & {0} == set(), sleeping
        ours = set(tree.descendants(os.getpid())) - {os.getpid()}
        inside = {pid: uid for pid, uid in _processes("arena_guest/init.py").items() if pid in ours}
        # The warm sandbox's process 1 is a fork of the server, with the same command.
        warm = _processes("arena_guest.server")
        inside |= {pid: uid for pid, uid in warm.items() if pid in ours and _parent(pid) in warm}
        assert inside
        assert 0 not in inside.values(), inside
    finally:
        grading.join()
    assert ended == [Outcome.TIME_EXCEEDED]


def test_a_daemon_dies_with_its_job(arena: Arena, mark: str) -> None:
    """Processes that left their session and ignore every signal are gone when the job is over."""
    ended = arena.program(f"""
import os, signal, subprocess
for number in range(3):
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            for each in range(1, 32):
                if each not in (signal.SIGKILL, signal.SIGSTOP):
                    signal.signal(each, signal.SIG_IGN)
            subprocess.run(["sleep", "{mark}"])
        os._exit(0)
import time
time.sleep(0.3)
open("submission.csv", "w").write({table(guess())!r})
""")
    assert ended.outcome is Outcome.SCORED, ended.log
    assert ended.graded.record is not None
    assert ended.graded.record.usage.wall_s < 5
    assert _processes(mark) == {}


def test_nothing_is_left_behind(arena: Arena, mark: str) -> None:
    """After a job that was killed there is no process, mount, descriptor or scratch folder more than before."""
    arena.program("pass")

    def state() -> tuple[list[str], list[str], set[str]]:
        children = Path(f"/proc/self/task/{threading.get_native_id()}/children").read_text(encoding="ascii").split()
        descriptors = sorted(path.name for path in Path("/proc/self/fd").iterdir())
        return descriptors, children, set(Path("/proc/self/mountinfo").read_text(encoding="utf-8").splitlines())

    before = state()
    ended = arena.program(f"import os; os.system('sleep {mark} & sleep {mark}')", wall_seconds=0.5)
    assert ended.outcome is Outcome.TIME_EXCEEDED
    assert state() == before
    assert _processes(mark) == {}
    assert arena.scratch() == []
    assert not list(Path("/tmp/stage").glob("*")), "the staging place shows on the host"
