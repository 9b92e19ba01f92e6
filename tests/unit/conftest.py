"""Unit tests start no process and reach no network: whatever tries makes its test fail."""

import _posixsubprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

import pytest

from tests.conftest import isolate

# https://docs.python.org/3/library/audit_events.html
_FORBIDDEN = frozenset(
    {
        *("subprocess.Popen", "os.system", "os.exec", "os.spawn", "os.posix_spawn", "os.fork", "os.forkpty"),
        *("os.startfile", "pty.spawn", "socket.connect", "socket.bind", "socket.sendto", "socket.sendmsg"),
        *("socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr"),
    }
)


class ForbiddenError(BaseException):
    """No ``except Exception`` of the code under test swallows it."""


class Guard:
    """Refuses forbidden calls while it is armed, and remembers them: one that was swallowed fails its test too."""

    def __init__(self) -> None:
        self.armed = False
        self.refused: list[str] = []

    def hook(self, event: str, arguments: tuple[object, ...]) -> None:
        """An audit hook; it cannot be removed, so it looks whether it is armed."""
        if event in _FORBIDDEN and self.armed:
            self.refuse(f"{event} {arguments!r:.200}")

    def refuse(self, what: str) -> NoReturn:
        """Remember and stop it."""
        self.refused.append(what)
        raise ForbiddenError(f"a unit test may not do this: {what}")

    def settle(self) -> None:
        """Raise for whatever was refused since the last time, whoever swallowed it."""
        refused, self.refused = self.refused, []
        if refused:
            raise ForbiddenError(f"refused, and swallowed by the code under test: {'; '.join(refused)}")


_GUARD = Guard()
sys.addaudithook(_GUARD.hook)


@pytest.fixture(scope="session")
def nowhere(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A place below which nothing can be made: a file."""
    file = tmp_path_factory.mktemp("nowhere") / "file"
    file.write_bytes(b"")
    return file


@pytest.fixture(autouse=True)
def guard(nowhere: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Guard]:
    """No process, no connection, no setting of the account that runs the tests; who needs a vault asks for one."""
    isolate(monkeypatch, nowhere)

    # multiprocessing starts its processes by this alone, which raises no audit event.
    def no_process(*_: object) -> NoReturn:
        _GUARD.refuse("_posixsubprocess.fork_exec")

    monkeypatch.setattr(_posixsubprocess, "fork_exec", no_process)
    _GUARD.armed = True
    try:
        yield _GUARD
    finally:
        _GUARD.armed = False
    _GUARD.settle()
