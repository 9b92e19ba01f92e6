"""What every launcher must do, as programs to run in it. For whoever writes another one.

``python -m arena.sandbox.conformance warm`` tries a launcher of arena's; ``python -m arena.sandbox.conformance
my_package.my_module:open_mine`` one of your own: a function that takes a ``Runtime`` and returns a ``Launcher``. Each
case runs one small program and looks at what came back. The runtime is the interpreter that runs this, which needs no
packages for it. Exit code 1 if a case fails.
"""

import importlib
import os
import signal
import socket
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from arena.model.budget import Budget
from arena.model.protection import FILES
from arena.sandbox.interface import Ending, Exited, Finished, Job, Killed, KillReason, Launcher, Mount, Signalled
from arena.sandbox.launchers import NAMES, open_launcher
from arena.sandbox.runtime import Runtime, find_runtime

_MIB = 1024**2
_SOURCE = "/kaggle/src/main.py"
_OUTPUT = "submission.csv"
_NESTED = "public/train.csv"
_BUDGET = Budget(
    device="cpu",
    cpu_seconds=10,
    wall_seconds=15,
    memory_bytes=256 * _MIB,
    processes=24,
    disk_bytes=4 * _MIB,
    files=200,
    log_bytes=4096,
)
_WELL = Exited(0)
_MARK = "ARENA_CONFORMANCE_MARK"


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One program. ``holds`` says of what came back whether it is right; ``before`` is run first, as a job of its own.

    ``needs`` is a protection without which the case is left out.
    """

    name: str
    source: str
    ending: Ending = _WELL
    holds: Callable[[Finished], bool] = lambda _: True
    budget: dict[str, Any] = field(default_factory=dict)
    before: str | None = None
    needs: str | None = None
    max_bytes: int = _MIB
    stdin: bytes = b""


def _wrote(data: bytes, name: str = _OUTPUT) -> Callable[[Finished], bool]:
    return lambda run: run.outputs.get(name) == data


def _faulty(fault: str, name: str = _OUTPUT) -> Callable[[Finished], bool]:
    return lambda run: run.faults.get(name) == fault and name not in run.outputs


def _said(text: str) -> Callable[[Finished], bool]:
    return lambda run: text in run.log.decode("utf-8", "replace")


def _refused(*actions: str) -> str:
    """A program that fails if one of the expressions does not raise ``OSError``."""
    tries = "".join(f"tried(lambda: {action})\n" for action in actions)
    return (
        "import ctypes, os, socket, sys\n"
        "libc = ctypes.CDLL(None, use_errno=True)\n"
        "def call(name, *arguments):\n"
        "    if getattr(libc, name)(*arguments) == -1:\n"
        "        raise OSError(ctypes.get_errno(), name)\n"
        "def tried(action):\n"
        "    try:\n        action()\n    except OSError:\n        return\n    sys.exit('it was let through')\n"
        f"{tries}"
    )


_HOG = "held = []\nfor _ in range(96):\n    held.append(bytearray(b'x') * (8 << 20))\nimport time; time.sleep(5)\n"
_SPIN = "import time\nend = time.monotonic() + {seconds}\nwhile time.monotonic() < end: pass\n"
_LEAVE = """
import ctypes, os, socket, sys
for folder in ("/tmp", "/dev/shm", "/kaggle/working"):
    open(f"{folder}/left", "w").write("left")
os.environ["LEFT"] = "left"
sys.modules["left"] = sys
libc = ctypes.CDLL(None)
libc.shmget(4817, 4096, 0o1666)
if os.fork() == 0:
    plug = socket.socket(socket.AF_UNIX)
    plug.bind("\\0left")
    plug.listen()
    os.setsid()
    while True:
        os.read(0, 1) or __import__("time").sleep(60)
"""
_NOTHING_LEFT = """
import ctypes, os, socket, sys
for folder in ("/tmp", "/dev/shm", "/kaggle/working"):
    assert "left" not in os.listdir(folder), folder
assert "LEFT" not in os.environ and "left" not in sys.modules
assert ctypes.CDLL(None).shmget(4817, 4096, 0) == -1
try:
    socket.socket(socket.AF_UNIX).connect("\\0left")
except OSError:
    pass
else:
    sys.exit("someone answers")
others = [name for name in os.listdir("/proc") if name.isdigit() and int(name) not in (1, os.getpid())]
assert len(others) <= 1, others
"""

CASES: tuple[Case, ...] = (
    # How it ended.
    Case(name="ends", source="pass"),
    Case(name="ends with a code", source="import sys; sys.exit(3)", ending=Exited(3)),
    Case(name="ends with a sentence", source="import sys; sys.exit('so')", ending=Exited(1), holds=_said("so\n")),
    Case(name="raises", source="raise KeyError('here')", ending=Exited(1), holds=_said("KeyError: 'here'")),
    Case(name="aborts", source="import os; os.abort()", ending=Signalled(signal.SIGABRT)),
    Case(name="kills itself", source="import os; os.kill(os.getpid(), 9)", ending=Signalled(signal.SIGKILL)),
    Case(name="leaves at once", source="import os; os._exit(7)", ending=Exited(7)),
    Case(name="is the main module", source="import sys\nassert __name__ == '__main__' and sys.argv == [__file__]"),
    Case(
        name="does what is left to the end",
        source="import atexit; atexit.register(print, 'last'); f = open('submission.csv', 'w'); f.write('kept')",
        holds=lambda run: _said("last\n")(run) and _wrote(b"kept")(run),
    ),
    # What it leaves.
    Case(name="leaves a file", source="open('submission.csv', 'wb').write(bytes(256))", holds=_wrote(bytes(256))),
    Case(
        name="leaves a file in a folder",
        source=f"import os; os.mkdir('public'); open('{_NESTED}', 'w').write('a')",
        holds=_wrote(b"a", _NESTED),
    ),
    Case(name="leaves nothing", source="pass", holds=_faulty("missing")),
    Case(name="leaves a link", source="import os; os.symlink('/etc/passwd', 'submission.csv')", holds=_faulty("link")),
    Case(
        name="leaves a folder that is a link",
        source="import os; os.mkdir('a'); open('a/train.csv', 'w').write('a'); os.symlink('a', 'public')",
        holds=_faulty("missing", _NESTED),
    ),
    Case(name="leaves a pipe", source="import os; os.mkfifo('submission.csv')", holds=_faulty("not_a_file")),
    Case(name="leaves a folder", source="import os; os.mkdir('submission.csv')", holds=_faulty("not_a_file")),
    Case(
        name="leaves a second name",
        source="import os; open('a', 'w').write('a'); os.link('a', 'submission.csv')",
        holds=_faulty("hard_link"),
    ),
    Case(
        name="locks its folder",
        source="import os; open('submission.csv', 'w').write('a'); os.chmod('.', 0)",
        holds=_wrote(b"a"),
    ),
    Case(
        name="leaves too much",
        source="open('submission.csv', 'wb').write(bytes(70000))",
        holds=_faulty("too_large"),
        max_bytes=65536,
    ),
    Case(
        name="leaves more than it has",
        source="open('submission.csv', 'wb').truncate(3 << 20)",
        holds=_faulty("too_large"),
    ),
    Case(
        name="writes after its end",
        source="import os, time\nopen('submission.csv', 'w').write('first')\nif os.fork() == 0:\n    os.setsid()\n"
        "    while True: open('submission.csv', 'w').write('later')",
        holds=lambda run: run.outputs.get(_OUTPUT) in {b"first", b"later", b""},
    ),
    # What it prints.
    Case(
        name="prints to both streams",
        source="import sys; print('one'); print('two', file=sys.stderr)",
        holds=_said("one\ntwo\n"),
    ),
    Case(
        name="prints more than is kept",
        source="print('a' * 3000 + 'b' * 9000 + 'c' * 3000)",
        holds=lambda run: (
            run.log.startswith(b"a" * 2048) and run.log.endswith(b"c" * 2047 + b"\n") and run.log_total_bytes == 15001
        ),
    ),
    # What it sees.
    Case(
        name="sees its own environment",
        source="import os\nassert os.environ['GIVEN'] == 'yes'\n"
        f"assert '{_MARK}' not in os.environ\nassert os.getcwd() == '/kaggle/working' and os.listdir() == []",
    ),
    Case(
        name="sees its own processes",
        source="import os\nassert len([n for n in os.listdir('/proc') if n.isdigit()]) <= 3",
    ),
    Case(name="does not see the host's files", source=_refused("os.stat(open('/kaggle/src/canary').read())")),
    Case(name="reads what is mounted", source="assert open('/kaggle/src/canary').read()"),
    Case(name="has nothing to read from its standard input", source="import sys; assert sys.stdin.read() == ''"),
    Case(
        name="reads its standard input, from the beginning or at a place",
        source="import os, sys\nassert os.pread(0, 5, 9_000_000) == b'place'\n"
        "assert len(sys.stdin.buffer.read()) == 9_000_005\nassert os.pread(0, 3, 0) == b'xxx'",
        stdin=b"x" * 9_000_000 + b"place",
    ),
    Case(
        name="cannot open the standard input of process 1",
        source=_refused("open('/proc/1/fd/0', 'rb')"),
        stdin=b"not for everyone",
    ),
    Case(
        name="cannot write what is mounted",
        source=_refused(
            *(f"os.open({path!r}, os.O_WRONLY)" for path in (_SOURCE, "/kaggle/src/canary", "/etc/passwd"))
        ),
    ),
    Case(
        name="cannot write beside it",
        source=_refused(
            *(f"open({path!r}, 'w')" for path in ("/a", "/kaggle/a", "/kaggle/src/a", "/usr/lib/a", "/arena/lib/a")),
            "open(sys.prefix + '/a', 'w')",
            "open('/proc/sys/kernel/core_pattern', 'r+')",
        ),
    ),
    Case(
        name="writes in its own places",
        source="for folder in ('/tmp', '/dev/shm', '.'): open(f'{folder}/a', 'w').write('a')\nopen('/dev/null', 'w')",
    ),
    # What it can do.
    Case(
        name="has no privilege",
        source="import os\nstatus = dict(l.split(':\\t', 1) for l in open('/proc/self/status') if ':\\t' in l)\n"
        "assert os.getuid() != 0 and os.geteuid() != 0\n"
        "assert all(int(status[n], 16) == 0 for n in ('CapInh', 'CapPrm', 'CapEff', 'CapBnd', 'CapAmb'))\n"
        "assert status['NoNewPrivs'].strip() == '1' and status['Seccomp'].strip() == '2'",
    ),
    Case(
        name="has no network",
        source=_refused(
            "socket.create_connection(('127.0.0.1', int(os.environ['PORT'])), 1)",
            "socket.create_connection(('192.0.2.1', 80), 1)",
            "socket.socket(socket.AF_NETLINK, socket.SOCK_RAW)",
            "socket.socket(socket.AF_UNIX).connect('\\0' + os.environ['NAME'])",
        ),
    ),
    Case(
        name="cannot leave its namespaces",
        source=_refused(
            "call('unshare', 0x10000000)",
            "call('mount', b'none', b'/tmp', b'tmpfs', 0, None)",
            "call('umount2', b'/proc', 2)",
            "call('chroot', b'/tmp')",
            "call('ptrace', 16, 1, None, None)",
            "call('setns', os.open('/proc/self/ns/pid', os.O_RDONLY), 0)",
        ),
    ),
    Case(
        name="cannot look into process 1",
        source=_refused(*(f"open('/proc/1/{name}', 'rb').read()" for name in ("environ", "mem", "maps", "auxv"))),
    ),
    Case(
        name="cannot end process 1",
        source="import os\nfor n in range(1, 32): os.kill(1, n)\nprint('on')",
        holds=_said("on"),
    ),
    Case(
        name="starts processes",
        source="import multiprocessing as m\nif __name__ == '__main__':\n"
        "    with m.get_context('fork').Pool(2) as pool: assert pool.map(abs, [-1, -2]) == [1, 2]",
    ),
    Case(
        name="draws the same numbers",
        source="import random; print(random.random())",
        before="import random; random.random()",
        holds=_said("0.6229016948897019\n"),
    ),
    # What it may use.
    Case(
        name="takes too long",
        source="import time; time.sleep(60)",
        ending=Killed(KillReason.WALL),
        budget={"wall_seconds": 0.5},
    ),
    Case(
        name="takes too long and does not listen",
        source="import os, signal\nfor n in (1, 2, 15): signal.signal(n, signal.SIG_IGN)\n"
        "for _ in range(8):\n    if os.fork() == 0:\n        os.setsid()\n        break\nsignal.pause()",
        ending=Killed(KillReason.WALL),
        budget={"wall_seconds": 0.5},
    ),
    Case(
        name="computes too long",
        source=_SPIN.format(seconds=30),
        ending=Killed(KillReason.CPU),
        budget={"cpu_seconds": 0.5},
    ),
    Case(
        name="computes too long in children",
        source=f"import os\nfor _ in range(3): os.fork()\n{_SPIN.format(seconds=30)}",
        ending=Killed(KillReason.CPU),
        budget={"cpu_seconds": 1.0},
    ),
    Case(
        name="is charged what it computes",
        source="import time\nwhile time.process_time() < 0.5: pass",
        holds=lambda run: 0.4 < run.usage.cpu_s < 1.5 and run.usage.wall_s > 0.3,
    ),
    Case(name="takes too much memory", source=_HOG, ending=Killed(KillReason.MEMORY)),
    Case(
        name="prints for ever",
        source="while True: print('x' * 65536)",
        ending=Killed(KillReason.LOG),
    ),
    Case(
        name="fills the disk",
        source="try:\n    for n in 'ab': open(n, 'wb').write(bytes(4 << 20))\nexcept OSError: pass",
        holds=lambda run: run.disk_full,
    ),
    Case(
        name="makes too many files",
        source="try:\n    for n in range(1000): open(str(n), 'w')\nexcept OSError: pass\nelse: raise SystemExit(1)",
        holds=lambda run: run.disk_full,
        needs=FILES,
    ),
    Case(
        name="starts too many processes",
        source="import os, time\nn = 0\ntry:\n    while n < 200:\n        if os.fork() == 0: time.sleep(60)\n"
        "        n += 1\nexcept OSError: pass\nprint(n)\nassert n < 24",
    ),
    Case(
        name="opens too many files",
        source="try:\n    held = [open('/dev/null') for _ in range(5000)]\nexcept OSError: pass\n"
        "else: raise SystemExit(1)",
    ),
    Case(name="finds nothing of the job before", source=_NOTHING_LEFT, before=_LEAVE),
)


def run_case(launcher: Launcher, case: Case, folder: Path) -> str | None:
    """Run one case; return what is wrong, or ``None``. ``folder`` is an empty one of the caller's."""
    folder.chmod(0o755)
    canary = folder / "canary"
    canary.write_text(str(canary), encoding="utf-8")
    with socket.create_server(("127.0.0.1", 0)) as door, socket.socket(socket.AF_UNIX) as named:
        named.bind(f"\0arena-conformance-{os.getpid()}")
        named.listen()
        given = {"GIVEN": "yes", "ARENA_SEED": "5", "PORT": str(door.getsockname()[1])}
        given["NAME"] = f"arena-conformance-{os.getpid()}"
        for source in (case.before, case.source):
            if source is None:
                continue
            script = folder / "main.py"
            script.write_text(source, encoding="utf-8")
            for path in (script, canary):
                path.chmod(0o644)
            run = launcher.run(_job(case, script, canary, given))
    if run.ending != case.ending:
        return f"it ended with {run.ending}, not {case.ending}: {run.log[-300:]!r}"
    if not case.holds(run):
        kept = {name: data[:80] for name, data in run.outputs.items()}
        return f"outputs {kept}, faults {run.faults}, log {run.log[-300:]!r}, usage {run.usage}"
    return None


def _job(case: Case, script: Path, canary: Path, environment: dict[str, str]) -> Job:
    return Job(
        module="program",
        arguments=(_SOURCE,),
        mounts=(Mount(source=script, target=_SOURCE), Mount(source=canary, target="/kaggle/src/canary")),
        environment=environment,
        budget=replace(_BUDGET, **case.budget),
        outputs=(_OUTPUT, _NESTED),
        output_max_bytes=case.max_bytes,
        stdin=case.stdin,
    )


def applicable(launcher: Launcher) -> tuple[Case, ...]:
    """The cases that a launcher must pass, given the protections that it claims."""
    return tuple(case for case in CASES if case.needs is None or case.needs in launcher.protections)


def run_all(launcher: Launcher) -> Iterator[tuple[Case, str | None]]:
    """Run every case that applies, each with what is wrong, or ``None``."""
    os.environ[_MARK] = "of the grader"
    for case in applicable(launcher):
        with tempfile.TemporaryDirectory(prefix="arena-conformance-") as folder:
            yield case, run_case(launcher, case, Path(folder))


def _open(name: str, runtime: Runtime) -> Launcher:
    if name in NAMES:
        return open_launcher(name, runtime)
    module, _, function = name.partition(":")
    try:
        make = getattr(importlib.import_module(module), function)
    except (ImportError, AttributeError, ValueError) as error:
        raise SystemExit(
            f"there is no launcher {name!r} ({error}); name {', '.join(NAMES)} or module:function"
        ) from None
    opened: Launcher = make(runtime)
    return opened


def main() -> None:
    """Try the launcher that the first argument names."""
    _, *names = sys.argv
    if len(names) != 1 or names[0].startswith("-"):
        raise SystemExit(f"usage: python -m arena.sandbox.conformance {{{'|'.join(NAMES)}|module:function}}")
    launcher, failed = _open(names[0], find_runtime(Path(sys.executable))), 0
    for case, fault in run_all(launcher):
        failed += fault is not None
        sys.stdout.write(f"{'ok  ' if fault is None else 'FAIL'}  {case.name}{'' if fault is None else f': {fault}'}\n")
    launcher.close()
    sys.stdout.write(
        f"{launcher.name}: {len(applicable(launcher)) - failed} of {len(applicable(launcher))} cases hold\n"
    )
    raise SystemExit(1 if failed else 0)


if __name__ == "__main__":
    main()
