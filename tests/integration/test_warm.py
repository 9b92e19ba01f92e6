"""The life of the fork server: kept, recycled, replaced, refused where forking it would be wrong."""

import os
import select
import shutil
import signal
import subprocess
import sys
import time
import types
import venv
from collections.abc import Iterator
from pathlib import Path

import pytest

from arena.model.budget import Budget
from arena.sandbox import tree
from arena.sandbox.interface import Exited, Finished, Job, Mount, SandboxFailedError, SandboxUnavailableError
from arena.sandbox.runtime import Runtime, find_runtime
from arena.sandbox.supervise import tell
from arena.sandbox.warm import WarmLauncher

pytestmark = pytest.mark.sandbox

_BUDGET = Budget(
    device="cpu",
    cpu_seconds=10,
    wall_seconds=10,
    memory_bytes=256 << 20,
    processes=16,
    disk_bytes=1 << 20,
    files=100,
    log_bytes=4096,
)
# The server's memory is laid out anew for each server, and equal for all jobs of one.
_LAYOUT = "import sys; print(id(sys))"
_MODULE = "KEPT = 'as it was imported'\n"


@pytest.fixture
def own(tmp_path: Path) -> Runtime:
    """A runtime of the test's own, with a module ``given`` among its packages."""
    venv.create(tmp_path / "venv", symlinks=True, with_pip=False)
    runtime = find_runtime(tmp_path / "venv" / "bin" / "python")
    (runtime.site[0] / "given.py").write_text(_MODULE, encoding="utf-8")
    return runtime


@pytest.fixture
def launcher(own: Runtime) -> Iterator[WarmLauncher]:
    """A launcher whose server imports that module."""
    opened = WarmLauncher(runtime=own, preload=("given", "is_not_there"), jobs_per_server=3)
    yield opened
    opened.close()


def _run(launcher: WarmLauncher, folder: Path, source: str, *, masks: tuple[Path, ...] = ()) -> Finished:
    script = folder / "main.py"
    script.write_text(source, encoding="utf-8")
    for path in (folder, script):
        path.chmod(0o755)
    return launcher.run(
        Job(
            module="program",
            arguments=("/kaggle/src/main.py",),
            mounts=(Mount(source=script, target="/kaggle/src/main.py"),),
            environment={},
            budget=_BUDGET,
            outputs=(),
            output_max_bytes=0,
            masks=masks,
        )
    )


def _servers() -> set[int]:
    """Processes of fork servers below this one; a fork of theirs has the same command."""
    ours = {pid: _command(pid) for pid in tree.descendants(os.getpid())}
    outer = {pid for pid, command in ours.items() if b"arena.sandbox.enter" in command}
    return {pid for pid in ours for parent in outer if pid in tree.descendants(parent)[1:2]}


def _await_reader_s_end(fd: int) -> None:
    poll = select.poll()
    poll.register(fd, 0)
    assert poll.poll(10_000), "somebody still holds the other end of the pipe"


def _command(pid: int) -> bytes:
    try:
        return Path("/proc", str(pid), "cmdline").read_bytes()
    except OSError:
        return b""


def test_jobs_share_a_server_until_it_is_recycled(launcher: WarmLauncher, tmp_path: Path) -> None:
    seen = []
    for _ in range(4):
        assert _run(launcher, tmp_path, _LAYOUT).ending == Exited(0)
        seen.append(_servers())
    assert len(seen[0]) == 1
    assert seen[0] == seen[1] == seen[2]
    assert seen[3] & seen[0] == set()


def test_what_was_imported_is_there(launcher: WarmLauncher, tmp_path: Path) -> None:
    run = _run(launcher, tmp_path, "import sys; print('given' in sys.modules); import given; print(given.KEPT)")
    assert run.log == b"True\nas it was imported\n"


def test_a_job_changes_nothing_for_the_next(launcher: WarmLauncher, tmp_path: Path) -> None:
    _run(launcher, tmp_path, "import given, os, random; given.KEPT = 'changed'; os.environ['A'] = 'b'; random.random()")
    run = _run(launcher, tmp_path, "import given, os, random; print(given.KEPT, os.environ.get('A'), random.random())")
    assert run.log == b"as it was imported None 0.8444218515250481\n"


def test_a_module_that_must_be_covered_is_not_in_the_memory(
    launcher: WarmLauncher, tmp_path: Path, own: Runtime
) -> None:
    covered = own.site[0] / "given.py"
    assert _run(launcher, tmp_path, "import given; print(given.KEPT)").log == b"as it was imported\n"
    source = "import sys; print('given' in sys.modules); import given; print(given.KEPT)"
    log = _run(launcher, tmp_path, source, masks=(covered,)).log
    assert log.startswith(b"False\n")
    assert b"imported" not in log
    # Later jobs of a task that covers nothing are right all the same.
    assert _run(launcher, tmp_path, "import given; print(given.KEPT)").log == b"as it was imported\n"


def test_a_server_with_a_thread_is_refused(own: Runtime, tmp_path: Path) -> None:
    thread = "import threading, time\nthreading.Thread(target=time.sleep, args=(60,), daemon=True).start()\n"
    (own.site[0] / "given.py").write_text(thread, encoding="utf-8")
    launcher = WarmLauncher(runtime=own, preload=("given",))
    with pytest.raises(SandboxUnavailableError, match=r"sandbox\.no_server") as caught:
        _run(launcher, tmp_path, "pass")
    assert "2 threads run after the imports" in str(caught.value.params["reason"])
    assert _servers() == set()


def test_a_runtime_that_does_not_start_is_said(own: Runtime, tmp_path: Path) -> None:
    shutil.rmtree(own.python.parent)
    with pytest.raises(SandboxUnavailableError, match=r"sandbox\.no_server"):
        _run(WarmLauncher(runtime=own), tmp_path, "pass")
    assert _servers() == set()


def test_a_server_that_was_killed_is_replaced(launcher: WarmLauncher, tmp_path: Path) -> None:
    _run(launcher, tmp_path, "pass")
    (first,) = _servers()
    os.kill(first, signal.SIGKILL)
    assert _run(launcher, tmp_path, "print('on')").log == b"on\n"
    (second,) = _servers()
    assert first != second


@pytest.mark.parametrize("told", [0, 1])
def test_a_server_that_dies_while_it_is_told_of_the_job(
    launcher: WarmLauncher, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, told: int
) -> None:
    """That is a fault of ours, after which the attempt is tried again; no broken pipe hides it."""
    _run(launcher, tmp_path, "pass")
    broken: list[bytes] = []

    def tell_the_dead(fd: int, data: bytes) -> None:
        if len(broken) == told:
            (server,) = _servers()
            os.kill(server, signal.SIGKILL)
            while _servers():
                time.sleep(0.001)
            _await_reader_s_end(fd)
        broken.append(data)
        tell(fd, data)

    monkeypatch.setattr("arena.sandbox.warm.tell", tell_the_dead)
    with pytest.raises(SandboxFailedError):
        _run(launcher, tmp_path, "print('on')")
    assert len(broken) == told + 1
    monkeypatch.undo()
    assert _run(launcher, tmp_path, "print('on')").log == b"on\n"


def test_an_interrupt_ends_the_job_and_the_server(launcher: WarmLauncher, tmp_path: Path) -> None:
    _run(launcher, tmp_path, "pass")

    def interrupt(number: int, frame: types.FrameType | None) -> None:
        del number, frame
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGALRM, interrupt)
    signal.setitimer(signal.ITIMER_REAL, 0.3)
    try:
        with pytest.raises(KeyboardInterrupt):
            _run(launcher, tmp_path, "import time; time.sleep(60)")
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    assert _servers() == set()
    assert _run(launcher, tmp_path, "print('on')").log == b"on\n"


def test_nothing_stays_after_the_end(launcher: WarmLauncher, tmp_path: Path) -> None:
    _run(launcher, tmp_path, "pass")
    assert _servers()
    launcher.close()
    assert _servers() == set()
    assert _run(launcher, tmp_path, "print('again')").log == b"again\n"


def test_the_server_ends_with_its_grader(own: Runtime, tmp_path: Path) -> None:
    """However the grader ended: here at once, without closing anything."""
    source = (
        "import os, sys; sys.path[:0] = sys.argv[2:]\n"
        "from pathlib import Path\n"
        "from arena.sandbox.launchers import probe\nfrom arena.sandbox.runtime import find_runtime\n"
        "from arena.sandbox.warm import WarmLauncher\n"
        "probe(WarmLauncher(runtime=find_runtime(Path(sys.argv[1])), preload=()))\n"
        "os.kill(os.getpid(), 9)\n"
    )
    repository = str(Path(__file__).parents[2])
    subprocess.run([sys.executable, "-c", source, str(own.python), repository], cwd=tmp_path, check=False)
    for _ in range(100):
        left = [path for path in Path("/proc").glob("[0-9]*") if str(own.python).encode() in _command(int(path.name))]
        if not left:
            break
        time.sleep(0.05)
    assert left == []
