"""The guard of the unit tests bites."""

import contextlib
import multiprocessing
import os
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from arena.vault.location import vault_root
from tests.unit.conftest import ForbiddenError, Guard


def _popen() -> None:
    subprocess.run([sys.executable, "-c", ""], check=False)


def _posix_spawn() -> None:
    os.posix_spawn(sys.executable, [sys.executable], {})


def _multiprocessing() -> None:
    multiprocessing.get_context("spawn").Process(target=int).start()


def _connect() -> None:
    with socket.socket() as client:
        client.connect(("127.0.0.1", 9))


def _bind() -> None:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))


def _unix_socket() -> None:
    with socket.socket(socket.AF_UNIX) as client:
        client.connect("/nowhere")


_WAYS: tuple[Callable[[], object], ...] = (
    _popen,
    _posix_spawn,
    _multiprocessing,
    _connect,
    _bind,
    _unix_socket,
    os.fork,
    os.forkpty,
    lambda: os.system("true"),  # noqa: S605
    lambda: os.execv(sys.executable, [sys.executable]),  # noqa: S606
    lambda: os.spawnv(os.P_WAIT, sys.executable, [sys.executable]),  # noqa: S606
    lambda: socket.getaddrinfo("localhost", 80),
)


@pytest.mark.parametrize("way", _WAYS, ids=lambda way: way.__name__)
def test_refuses(guard: Guard, way: Callable[[], object]) -> None:
    """Every way to start a process or to reach a socket is stopped, and the stop is remembered."""
    with pytest.raises(ForbiddenError):
        way()
    assert guard.refused
    guard.refused.clear()


def test_swallowed(guard: Guard) -> None:
    """A refusal that the code under test swallows fails the test all the same."""
    with contextlib.suppress(BaseException):
        os.fork()
    with pytest.raises(ForbiddenError, match=r"os\.fork"):
        guard.settle()
    guard.settle()


def test_environment(nowhere: Path) -> None:
    """Home, vault, language and team of the account that runs the tests are out of sight, and none can be made."""
    assert vault_root() == nowhere / "vault"
    assert Path.home() == nowhere / "home"
    assert not {"ARENA_LANG", "ARENA_TEAM", "XDG_DATA_HOME", "LC_ALL"} & set(os.environ)
    for path in (vault_root(), Path.home()):
        with pytest.raises(NotADirectoryError):
            path.mkdir(parents=True)


def test_own_environment(tmp_path: Path, isolated: Path) -> None:
    """A test that asks for a vault has one of its own."""
    assert vault_root() == isolated == tmp_path / "vault"
    assert Path.home() == tmp_path / "home"
